namespace UnityEngine.Stub
{
    /// <summary>A single value. Unity writes no types: the field that it is read into has one.</summary>
    public sealed class YamlScalar : YamlNode
    {
        public YamlScalar(string text) => Text = text;

        public override string Text { get; }

        public override YamlNode Copy() => new YamlScalar(Text);
    }
}
