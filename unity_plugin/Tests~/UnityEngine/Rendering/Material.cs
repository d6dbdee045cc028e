using System.Collections.Generic;
using UnityEngine.Stub;

namespace UnityEngine
{
    public sealed class Shader : Object
    {
        private static readonly Dictionary<string, int> Ids = new Dictionary<string, int>();
        private readonly HashSet<int> _properties = new HashSet<int>();

        /// <summary>Unity compiles shaders from files; a test says what properties one has.</summary>
        public Shader(string name, params string[] stubProperties)
        {
            this.name = name;
            foreach (string property in stubProperties)
            {
                _properties.Add(PropertyToID(property));
            }
        }

        public bool isSupported => true;

        /// <summary>Unity finds shaders that are in the build; here every name is.</summary>
        public static Shader Find(string name) => new Shader(name, "_MainTex", "_BaseMap");

        public static int PropertyToID(string name)
        {
            lock (Ids)
            {
                if (!Ids.TryGetValue(name, out int id))
                {
                    id = Ids.Count + 1;
                    Ids[name] = id;
                }

                return id;
            }
        }

        internal bool Has(int property) => _properties.Contains(property);
    }

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

    public sealed class MaterialPropertyBlock
    {
        private readonly Dictionary<int, Texture> _textures = new Dictionary<int, Texture>();

        public bool isEmpty => _textures.Count == 0;

        public void SetTexture(int nameID, Texture value) => _textures[nameID] = value;

        public Texture GetTexture(int nameID) => _textures.TryGetValue(nameID, out Texture found) ? found : null;

        public void Clear() => _textures.Clear();

        internal void CopyTo(MaterialPropertyBlock other)
        {
            other._textures.Clear();
            foreach (KeyValuePair<int, Texture> item in _textures)
            {
                other._textures[item.Key] = item.Value;
            }
        }
    }
}
