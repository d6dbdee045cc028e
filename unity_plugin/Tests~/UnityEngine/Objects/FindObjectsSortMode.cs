namespace UnityEngine
{
#if UNITY_6000_4_OR_NEWER
    [System.Obsolete("as in Unity 6000.4")]
#endif
    public enum FindObjectsSortMode
    {
        None,
        InstanceID,
    }
}
