using UnityEngine;
using UnityEngine.UI;

namespace FrameBridge
{
    /// <summary>The targets of an avatar: a renderer, a canvas image and a render texture, each optional.</summary>
    internal sealed class AvatarDisplay
    {
        private readonly Renderer _of;
        private readonly string _property;
        private readonly RendererBinding _renderer;
        private readonly RawImage _image;
        private readonly Texture _imageBefore;
        private readonly RenderTexture _target;
        private Texture _shown;

        internal AvatarDisplay(Renderer renderer, string property, RawImage image, RenderTexture target)
        {
            _of = renderer;
            _property = property;
            _renderer = renderer == null ? null : new RendererBinding(renderer, property);
            _image = image;
            _imageBefore = image == null ? null : image.texture;
            _target = target;
        }

        /// <summary>Whether it was made for these targets.</summary>
        internal bool IsFor(Renderer renderer, string property, RawImage image, RenderTexture target) =>
            ReferenceEquals(_of, renderer) && (_property ?? string.Empty) == (property ?? string.Empty)
            && ReferenceEquals(_image, image) && ReferenceEquals(_target, target);

        /// <summary>Whether it is visible. A render texture, or no target at all, counts as visible.</summary>
        internal bool IsVisible
        {
            get
            {
                if (!(_target is null) || (_renderer == null && _image is null))
                {
                    return true;
                }

                return (_renderer != null && _renderer.IsVisible) || IsImageVisible;
            }
        }

        private bool IsImageVisible =>
            _image != null && _image.isActiveAndEnabled && !_image.canvasRenderer.cull
            && _image.canvasRenderer.GetInheritedAlpha() > 0f;

        /// <summary>Shows a texture whose content may have changed. Null restores the original one.</summary>
        internal void Show(Texture texture)
        {
            if (!ReferenceEquals(texture, _shown))
            {
                _shown = texture;
                Swap(texture);
            }

            if (_target != null && texture != null)
            {
                Graphics.Blit(texture, _target);
            }
        }

        internal void Release()
        {
            _renderer?.Release();
            if (_image != null)
            {
                _image.texture = _imageBefore;
            }

            _shown = null;
        }

        private void Swap(Texture texture)
        {
            if (texture != null)
            {
                _renderer?.Show(texture);
            }

            if (_image != null)
            {
                _image.texture = texture;
            }
        }
    }
}
