namespace UnityEngine
{
    public sealed class Mesh : Object
    {
        public Mesh()
        {
        }

        internal Mesh(string name) => this.name = name;
    }
}
