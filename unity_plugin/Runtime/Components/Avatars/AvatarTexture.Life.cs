using UnityEngine;

namespace FrameBridge
{
    /// <summary>What a disabled, pooled or destroyed avatar does.</summary>
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

        // The inspector has changed a field, which one it does not say; also called in edit mode and while a scene is loaded,
        // where nothing of others may be touched. So it is looked at in the next frame of a component that is on.
        private void OnValidate() => _validated = true;

        private void FollowInspector()
        {
            _validated = false;
            _lookChanged = true; // goes up only where it differs
            Rebind();
            Present();
        }

        /// <summary>Shows it on the targets that are set now. Those that stay the same are left alone.</summary>
        private void Rebind()
        {
            if (!Application.isPlaying)
            {
                return; // a scene that is saved now would keep our material, which is not saved with it
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
