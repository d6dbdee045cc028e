using UnityEngine.Stub;

namespace UnityEngine
{
    public class Renderer : Component
    {
        private readonly MaterialPropertyBlock _block = new MaterialPropertyBlock();
        private bool _visible = true;
        private bool _hasBlock;

        public bool enabled { get; set; } = true;

        public Material sharedMaterial { get; set; }

        /// <summary>The stub draws with one material; a list of several is kept to its first.</summary>
        public Material[] sharedMaterials
        {
            get => new[] { sharedMaterial };
            set => sharedMaterial = value.Length > 0 ? value[0] : null;
        }

        /// <summary>Makes a copy for this renderer that is never destroyed: components must not use it.</summary>
        public Material material
        {
            get
            {
                StubMaterialCopies++;
                sharedMaterial = new Material(sharedMaterial);
                return sharedMaterial;
            }

            set => sharedMaterial = value;
        }

        /// <summary>How often `material` made a copy.</summary>
        public static int StubMaterialCopies { get; set; }

        public bool isVisible
        {
            get
            {
                MainThread.Require("get_isVisible");
                return _visible && enabled && gameObject.activeInHierarchy;
            }
        }

        /// <summary>What a camera's culling would say.</summary>
        public void StubSetVisible(bool visible) => _visible = visible;

        public void SetPropertyBlock(MaterialPropertyBlock properties)
        {
            MainThread.Require("SetPropertyBlock");
            _hasBlock = properties != null;
            if (properties == null)
            {
                _block.Clear();
            }
            else
            {
                properties.CopyTo(_block);
            }
        }

        public void GetPropertyBlock(MaterialPropertyBlock properties)
        {
            MainThread.Require("GetPropertyBlock");
            _block.CopyTo(properties);
        }

        public bool HasPropertyBlock() => _hasBlock;
    }
}
