using System.Collections.Generic;
using System.Reflection;
using UnityEngine.Stub;

namespace UnityEngine
{
    public sealed class GameObject : Object
    {
        private readonly List<Component> _parts = new List<Component>();
        private Transform _transform;

        public GameObject()
            : this("New Game Object")
        {
        }

        public GameObject(string name)
        {
            MainThread.Require("Internal_CreateGameObject");
            this.name = name;
            activeSelf = true;
            _transform = new Transform();
            _transform.Attach(this);
            _parts.Add(_transform);
            StubScene = SceneManagement.SceneManager.StubActive;
        }

        public GameObject(string name, params System.Type[] components)
            : this(name)
        {
            foreach (System.Type type in components)
            {
                AddComponent(type);
            }
        }

        public Transform transform
        {
            get
            {
                MainThread.Require("get_transform");
                RequireAlive();
                return _transform;
            }
        }

        public bool activeSelf { get; private set; }

        public int layer { get; set; }

        public string tag { get; set; } = "Untagged";

        /// <summary>The scene that its root is in; not a valid one for a prefab.</summary>
        public SceneManagement.Scene scene
        {
            get
            {
                GameObject root = transform.root.gameObject;
                return root.StubIsAsset ? default : new SceneManagement.Scene(root.StubScene);
            }
        }

        public bool activeInHierarchy
        {
            get
            {
                for (Transform at = _transform; at is object; at = at.StubParent)
                {
                    if (!at.gameObject.activeSelf || at.gameObject.StubIsAsset)
                    {
                        return false;
                    }
                }

                return !Destroyed;
            }
        }

        internal bool StubKept { get; set; }

        /// <summary>Whether it is the root of a prefab: in no scene, never awake.</summary>
        internal bool StubIsAsset { get; set; }

        /// <summary>The number of the scene that it is in, where it is a root.</summary>
        internal int StubScene { get; set; }

        internal IReadOnlyList<Component> StubParts => _parts;

        public static GameObject CreatePrimitive(PrimitiveType type)
        {
            var made = new GameObject(type.ToString());
            made.AddComponent<MeshFilter>();
            made.AddComponent<MeshRenderer>().sharedMaterial = new Material(Shader.Find("Standard"));
            return made;
        }

        public void SetActive(bool value)
        {
            MainThread.Require("SetActive");
            if (activeSelf != value)
            {
                activeSelf = value;
                Refresh();
            }
        }

        public T AddComponent<T>() where T : Component, new() =>
            MayAdd(typeof(T)) ? (T)Put(new T()) : null;

        public Component AddComponent(System.Type componentType) =>
            MayAdd(componentType) ? Put((Component)System.Activator.CreateInstance(componentType)) : null;

        public T GetComponent<T>() where T : class
        {
            MainThread.Require("GetComponent");
            foreach (Component part in _parts)
            {
                if (part is T found)
                {
                    return found;
                }
            }

            return null;
        }

        public Component GetComponent(System.Type type)
        {
            MainThread.Require("GetComponent");
            foreach (Component part in _parts)
            {
                if (type.IsInstanceOfType(part))
                {
                    return part;
                }
            }

            return null;
        }

        /// <summary>Those of this object and of all below it, in the order of the hierarchy.</summary>
        public T[] GetComponentsInChildren<T>(bool includeInactive = false) where T : class
        {
            var found = new List<T>();
            Collect(found, includeInactive);
            return found.ToArray();
        }

        public T GetComponentInChildren<T>(bool includeInactive = false) where T : class
        {
            T[] all = GetComponentsInChildren<T>(includeInactive);
            return all.Length == 0 ? null : all[0];
        }

        public T[] GetComponents<T>() where T : class
        {
            MainThread.Require("GetComponents");
            var found = new List<T>();
            foreach (Component part in _parts)
            {
                if (part is T match)
                {
                    found.Add(match);
                }
            }

            return found.ToArray();
        }

        public bool TryGetComponent<T>(out T component) where T : class
        {
            component = GetComponent<T>();
            return component != null;
        }

        internal void Refresh()
        {
            foreach (Component part in _parts.ToArray())
            {
                if (part is Behaviour behaviour && behaviour != null)
                {
                    behaviour.Refresh();
                }
            }

            foreach (Transform child in _transform.StubChildren.ToArray())
            {
                child.gameObject.Refresh();
            }
        }

        /// <summary>Adds one as a file says: nothing that it requires comes with it.</summary>
        internal Component StubAdd(System.Type type) => Put((Component)System.Activator.CreateInstance(type, true));

        internal void Remove(Component part) => _parts.Remove(part);

        internal override void DestroyNow()
        {
            if (Destroyed)
            {
                return;
            }

            foreach (Transform child in _transform.StubChildren.ToArray())
            {
                child.gameObject.DestroyNow();
            }

            foreach (Component part in _parts.ToArray())
            {
                if (!(part is Transform))
                {
                    part.DestroyNow();
                }
            }

            _transform.StubHang(null);
            _transform.DestroyNow();
            base.DestroyNow();
        }

        private void Collect<T>(List<T> found, bool includeInactive) where T : class
        {
            if (!includeInactive && !activeInHierarchy)
            {
                return;
            }

            foreach (Component part in _parts)
            {
                if (part is T match)
                {
                    found.Add(match);
                }
            }

            foreach (Transform child in _transform.StubChildren)
            {
                child.gameObject.Collect(found, includeInactive);
            }
        }

        /// <summary>Whether one may be added; adds what it requires first.</summary>
        private bool MayAdd(System.Type type)
        {
            MainThread.Require("AddComponent");
            RequireAlive();
            bool once = type == typeof(RectTransform) || type == typeof(Canvas)
                || type.GetCustomAttribute<DisallowMultipleComponent>(true) != null;
            if (once && GetComponent(type) != null)
            {
                Debug.LogError("Can't add component '" + type.Name + "' to " + name + ": it is there already.");
                return false;
            }

            foreach (RequireComponent needed in type.GetCustomAttributes<RequireComponent>(true))
            {
                if (GetComponent(needed.m_Type0) == null)
                {
                    AddComponent(needed.m_Type0);
                }
            }

            return true;
        }

        private Component Put(Component part)
        {
            part.Attach(this);
            if (part is Transform place)
            {
                Transform old = _transform;
                _transform = place;
                _parts[0] = place;
                place.StubReplace(old);
                old.DestroyNow();
                return part;
            }

            _parts.Add(part);
            if (part is Behaviour behaviour)
            {
                behaviour.Refresh();
            }

            return part;
        }
    }
}
