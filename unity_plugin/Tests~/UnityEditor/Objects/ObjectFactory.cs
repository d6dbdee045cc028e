using UnityEngine;

namespace UnityEditor
{
    public static class ObjectFactory
    {
        public static GameObject CreatePrimitive(PrimitiveType type)
        {
            var made = new GameObject(type.ToString());
            made.AddComponent<MeshFilter>();
            made.AddComponent<MeshRenderer>();
            return made;
        }
    }
}
