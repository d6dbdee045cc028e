using System.Collections.Generic;

namespace UnityEngine
{
    public sealed class Shader : Object
    {
        private static readonly Dictionary<string, int> Ids = new Dictionary<string, int>();
        private readonly HashSet<int> _properties = new HashSet<int>();

        /// <summary>Unity compiles shaders from files; here a test sets the properties.</summary>
        public Shader(string name, params string[] stubProperties)
        {
            this.name = name;
            foreach (string property in stubProperties)
            {
                _properties.Add(PropertyToID(property));
            }
        }

        public bool isSupported => true;

        /// <summary>Unity finds shaders in the build; here every name is found.</summary>
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
}
