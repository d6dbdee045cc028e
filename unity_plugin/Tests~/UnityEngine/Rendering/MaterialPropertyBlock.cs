using System.Collections.Generic;

namespace UnityEngine
{
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
