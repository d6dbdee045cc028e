namespace FrameBridge
{
    /// <summary>What a disabled, pooled or destroyed avatar does.</summary>
    public sealed partial class AvatarTexture
    {
        private void OnEnable()
        {
            Rebind();
            BridgeLoop.Add(this);
            CurrentRate = 0f;
        }

        private void OnDisable()
        {
            BridgeLoop.Remove(this);
            CurrentRate = 0f;
            _problem.Clear();
            if (whenDisabled == WhenDisabled.Close)
            {
                CloseSlot();
            }
            else
            {
                _slot?.Unsubscribe();
            }
        }

        private void OnDestroy()
        {
            CloseSlot();
            _display?.Release();
            _display = null;
            _texture = null;
            _shelf.Destroy();
        }

        private void CloseSlot()
        {
            _slot?.Close();
            _slot = null;
        }

        private void Rebind()
        {
            if (_display != null || isActiveAndEnabled)
            {
                _display?.Release();
                _display = new AvatarDisplay(targetRenderer, textureProperty, targetImage, targetTexture);
                Present();
            }
        }
    }
}
