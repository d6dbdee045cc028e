using UnityEngine;
using UnityEngine.Rendering;

namespace FrameBridge
{
    /// <summary>
    /// Shows a texture on a renderer without touching shared materials: in the built-in pipeline with a property block;
    /// in URP and HDRP, where a block would break the SRP Batcher, with one owned material. Restores everything at the
    /// end.
    /// </summary>
    internal sealed class RendererBinding
    {
        private static readonly int BaseMap = Shader.PropertyToID("_BaseMap");
        private static readonly int BaseColorMap = Shader.PropertyToID("_BaseColorMap");
        private static readonly int MainTex = Shader.PropertyToID("_MainTex");

        private readonly Renderer _renderer;
        private readonly Material _shared;
        private readonly Material _owned;
        private readonly MaterialPropertyBlock _block;
        private readonly MaterialPropertyBlock _before;
        private readonly int _property;

        internal RendererBinding(Renderer renderer, string property)
        {
            _renderer = renderer;
            _shared = renderer.sharedMaterial;
            _property = string.IsNullOrEmpty(property) ? PropertyOf(_shared) : Shader.PropertyToID(property);
            if (GraphicsSettings.currentRenderPipeline != null && _shared != null)
            {
                _owned = new Material(_shared) { hideFlags = HideFlags.HideAndDontSave };
                renderer.sharedMaterial = _owned;
            }
            else
            {
                _block = new MaterialPropertyBlock();
                _before = new MaterialPropertyBlock();
                renderer.GetPropertyBlock(_before);
            }
        }

        internal bool IsVisible => _renderer != null && _renderer.isVisible;

        internal void Show(Texture texture)
        {
            if (_renderer == null)
            {
                return;
            }

            if (_owned is null)
            {
                _renderer.GetPropertyBlock(_block); // keep what others have set
                _block.SetTexture(_property, texture);
                _renderer.SetPropertyBlock(_block);
            }
            else
            {
                _owned.SetTexture(_property, texture);
            }
        }

        internal void Release()
        {
            if (_owned is null)
            {
                if (_renderer != null)
                {
                    _renderer.SetPropertyBlock(_before.isEmpty ? null : _before);
                }

                return;
            }

            if (_renderer != null && _renderer.sharedMaterial == _owned)
            {
                _renderer.sharedMaterial = _shared;
            }

            Object.Destroy(_owned);
        }

        private static int PropertyOf(Material material)
        {
            if (material != null && material.HasProperty(BaseMap))
            {
                return BaseMap;
            }

            return material != null && material.HasProperty(BaseColorMap) ? BaseColorMap : MainTex;
        }
    }
}
