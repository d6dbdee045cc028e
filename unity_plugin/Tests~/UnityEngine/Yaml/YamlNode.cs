namespace UnityEngine.Stub
{
    /// <summary>A value in one of Unity's YAML files: a <see cref="YamlScalar"/>, <see cref="YamlList"/> or <see cref="YamlMap"/>.</summary>
    public abstract class YamlNode
    {
        /// <summary>The text of a scalar; empty for the rest.</summary>
        public virtual string Text => string.Empty;

        /// <summary>A copy that shares nothing with this one.</summary>
        public abstract YamlNode Copy();
    }
}
