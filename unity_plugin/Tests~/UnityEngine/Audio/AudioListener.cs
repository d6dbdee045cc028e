namespace UnityEngine
{
    public sealed class AudioListener : Behaviour
    {
    }
}
