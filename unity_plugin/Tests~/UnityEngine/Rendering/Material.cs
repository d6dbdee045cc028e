using System.Collections.Generic;
using UnityEngine.Stub;

namespace UnityEngine
{
    public class Material : Object
    {
        private readonly Dictionary<int, Texture> _textures = new Dictionary<int, Texture>();
        private readonly Dictionary<int, Vector4> _vectors = new Dictionary<int, Vector4>();

        public Material(Shader shader)
        {
            MainThread.Require("Material.ctor");
            this.shader = shader;
        }

        public Material(Material source)
            : this(source.shader)
        {
            foreach (KeyValuePair<int, Texture> item in source._textures)
            {
                _textures[item.Key] = item.Value;
            }
        }

        public Shader shader { get; set; }

        public bool HasProperty(int nameID) => shader != null && shader.Has(nameID);

        public void SetTexture(int nameID, Texture value)
        {
            MainThread.Require("SetTexture");
            RequireAlive();
            _textures[nameID] = value;
        }

        public void SetTexture(string name, Texture value) => SetTexture(Shader.PropertyToID(name), value);

        public Texture GetTexture(int nameID) => _textures.TryGetValue(nameID, out Texture found) ? found : null;

        public void SetVector(int nameID, Vector4 value)
        {
            MainThread.Require("SetVector");
            _vectors[nameID] = value;
        }

        public Vector4 GetVector(int nameID) => _vectors.TryGetValue(nameID, out Vector4 found) ? found : default;
    }
}
