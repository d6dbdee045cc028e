namespace FrameBridge
{
    /// <summary>Disabling and destroying a runner.</summary>
    public sealed partial class ModelRunner
    {
        private void OnEnable()
        {
            _nextAt = 0;
            _last = null;
            BridgeLoop.Add(this);
        }

        private void OnDisable()
        {
            BridgeLoop.Remove(this);
            CloseSlot();
            _grabber?.Release();
            _grabber = null;
            _problem.Clear();
            _noPicture = null;
            _unmet = default;
        }

        // The inspector does not say which field it has changed; also called in edit mode.
        private void OnValidate() => _noPicture = null;

        private void OnDestroy() => _output.Destroy();

        private void CloseSlot()
        {
            _slot?.Close();
            _slot = null;
            _watch.Stop();
        }
    }
}
