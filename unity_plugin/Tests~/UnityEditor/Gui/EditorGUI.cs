using UnityEngine;

namespace UnityEditor
{
    public static class EditorGUI
    {
        private static bool s_changed;

        public static void DrawTextureTransparent(Rect position, Texture image, ScaleMode scaleMode) =>
            StubGui.Textures.Add(image);

        public static void BeginChangeCheck() => s_changed = false;

        public static bool EndChangeCheck() => s_changed;

        internal static void StubChange() => s_changed = true;
    }
}
