// Parts of UnityEngine that only the editor code uses.
namespace UnityEngine
{
    public enum ColorSpace
    {
        Uninitialized = -1,
        Gamma = 0,
        Linear = 1,
    }

    public enum ScaleMode
    {
        StretchToFill = 0,
        ScaleAndCrop = 1,
        ScaleToFit = 2,
    }

    public enum PrimitiveType
    {
        Cube = 3,
        Quad = 5,
    }

    public sealed class GUIContent
    {
        public GUIContent(string text) => this.text = text;

        public string text { get; set; }
    }

    public sealed class MeshFilter : Component
    {
    }
}
