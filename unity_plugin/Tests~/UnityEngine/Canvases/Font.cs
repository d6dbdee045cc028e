namespace UnityEngine
{
    public sealed class Font : Object
    {
        public Font()
        {
        }

        public Font(string name) => this.name = name;
    }
}
