using UnityEngine;

namespace UnityEditor
{
    public class EditorWindow : ScriptableObject
    {
        public Vector2 minSize { get; set; }

        /// <summary>How often a repaint was asked for.</summary>
        public int StubRepaints { get; private set; }

        public static T GetWindow<T>(string title) where T : EditorWindow, new() => CreateInstance<T>();

        public void Repaint() => StubRepaints++;
    }
}
