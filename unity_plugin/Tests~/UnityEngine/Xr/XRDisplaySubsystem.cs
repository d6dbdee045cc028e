namespace UnityEngine.XR
{
    /// <summary>The display of a headset; running while it is in use.</summary>
    public class XRDisplaySubsystem : ISubsystem
    {
        public bool running { get; private set; }

        public void Start() => running = true;

        public void Stop() => running = false;

        public void Destroy() => SubsystemManager.StubRemove(this);
    }
}
