namespace UnityEngine
{
    public sealed class GUISkin : ScriptableObject
    {
        public GUIStyle label { get; } = new GUIStyle();

        public GUIStyle box { get; } = new GUIStyle();
    }
}
