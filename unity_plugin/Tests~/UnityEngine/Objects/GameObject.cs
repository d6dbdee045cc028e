using System.Collections.Generic;
using System.Reflection;
using UnityEngine.Stub;

namespace UnityEngine
{
    public sealed class GameObject : Object
    {
        private readonly List<Component> _parts = new List<Component>();
        private readonly Transform _transform;

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

        public bool activeInHierarchy
        {
            get
            {
                for (Transform at = _transform; at is object; at = at.StubParent)
                {
                    if (!at.gameObject.activeSelf)
                    {
                        return false;
                    }
                }

                return !Destroyed;
            }
        }

        internal bool StubKept { get; set; }

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

        public T AddComponent<T>() where T : Component, new()
        {
            MainThread.Require("AddComponent");
            foreach (RequireComponent needed in typeof(T).GetCustomAttributes<RequireComponent>(true))
            {
                Debug.Assert(HasPart(needed.m_Type0), "a component needs " + needed.m_Type0.Name);
            }

            if (typeof(T).GetCustomAttribute<DisallowMultipleComponent>(true) != null && GetComponent<T>() != null)
            {
                Debug.LogError("Can't add component '" + typeof(T).Name + "': it is there already.");
                return null;
            }

            var part = new T();
            part.Attach(this);
            _parts.Add(part);
            if (part is Behaviour behaviour)
            {
                behaviour.Refresh();
            }

            return part;
        }

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

            _transform.SetParent(null);
            _transform.DestroyNow();
            base.DestroyNow();
        }

        private bool HasPart(System.Type type)
        {
            foreach (Component part in _parts)
            {
                if (type.IsInstanceOfType(part))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
