namespace UnityEngine
{
    public sealed class Sprite : Object
    {
        internal Sprite(string name) => this.name = name;
    }
}
