using UnityEngine;

namespace FrameBridge
{
    /// <summary>Disabling, pooling and destroying an avatar.</summary>
    public sealed partial class AvatarTexture
    {
        private bool _validated;

        private void OnEnable()
        {
            Bind();
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

        // The inspector does not say which field it has changed, and calls this in edit mode and while a scene is
        // loading, when other objects must not be touched. So the change is applied in the component's next frame.
        private void OnValidate() => _validated = true;

        private void FollowInspector()
        {
            _validated = false;
            _lookChanged = true; // sent only if it differs
            Rebind();
            Present();
        }

        /// <summary>Binds the current targets. Unchanged ones are left alone.</summary>
        private void Rebind()
        {
            if (!Application.isPlaying)
            {
                return; // a scene saved now would refer to our material, which is not saved with it
            }

            if (_display == null ? isActiveAndEnabled : !_display.IsFor(targetRenderer, textureProperty, targetImage, targetTexture))
            {
                Bind();
            }
        }

        private void Bind()
        {
            _display?.Release();
            _display = new AvatarDisplay(targetRenderer, textureProperty, targetImage, targetTexture);
            Present();
        }
    }
}
