namespace UnityEngine
{
    public enum RuntimePlatform
    {
        OSXEditor = 0,
        WindowsPlayer = 2,
        WindowsEditor = 7,
        IPhonePlayer = 8,
        Android = 11,
        LinuxPlayer = 13,
        LinuxEditor = 16,
        WebGLPlayer = 17,
    }
}
