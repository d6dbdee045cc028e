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

        /// <summary>Makes a copy for this renderer that nobody destroys: what a component must not use.</summary>
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

    public class MeshRenderer : Renderer
    {
    }

    public sealed class MeshFilter : Component
    {
    }

    public enum PrimitiveType
    {
        Sphere,
        Capsule,
        Cylinder,
        Cube,
        Plane,
        Quad,
    }

    public static class Resources
    {
        /// <summary>What lies in a Resources folder.</summary>
        public static T Load<T>(string path) where T : Object
        {
            MainThread.Require("Load");
            return typeof(T) == typeof(Shader) ? new Shader(path, "_MainTex", "_Turn", "_Shift") as T : null;
        }

        public static void UnloadAsset(Object assetToUnload)
        {
        }
    }
}

namespace UnityEngine.Rendering
{
    public class RenderPipelineAsset : ScriptableObject
    {
    }

    public static class GraphicsSettings
    {
        public static RenderPipelineAsset currentRenderPipeline { get; set; }
    }
}
