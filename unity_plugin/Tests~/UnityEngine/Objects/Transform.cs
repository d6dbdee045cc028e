using System.Collections.Generic;
using UnityEngine.Stub;

namespace UnityEngine
{
    /// <summary>Position, rotation and scale. The shear of a rotated parent with unequal scales is left out.</summary>
    public class Transform : Component
    {
        internal readonly List<Transform> StubChildren = new List<Transform>();
        private Vector3 _localPosition;
        private Quaternion _localRotation = Quaternion.identity;
        private Vector3 _localScale = Vector3.one;

        public Transform parent
        {
            get
            {
                MainThread.Require("get_parent");
                return StubParent;
            }

            set => SetParent(value);
        }

        public Transform root => StubParent is null ? this : StubParent.root;

        public int childCount => StubChildren.Count;

        public virtual Vector3 localPosition
        {
            get
            {
                MainThread.Require("get_localPosition");
                return _localPosition;
            }

            set
            {
                MainThread.Require("set_localPosition");
                _localPosition = value;
            }
        }

        public virtual Quaternion localRotation
        {
            get
            {
                MainThread.Require("get_localRotation");
                return _localRotation;
            }

            set
            {
                MainThread.Require("set_localRotation");
                _localRotation = value;
            }
        }

        public virtual Vector3 localScale
        {
            get => _localScale;
            set
            {
                MainThread.Require("set_localScale");
                _localScale = value;
            }
        }

        public Vector3 lossyScale =>
            StubParent is null ? localScale : Vector3.Scale(StubParent.lossyScale, localScale);

        public Vector3 position
        {
            get => StubParent is null ? localPosition : StubParent.TransformPoint(localPosition);
            set => localPosition = StubParent is null ? value : StubParent.InverseTransformPoint(value);
        }

        public Quaternion rotation
        {
            get => StubParent is null ? localRotation : StubParent.rotation * localRotation;
            set => localRotation = StubParent is null ? value : Quaternion.Inverse(StubParent.rotation) * value;
        }

        public Vector3 forward => rotation * Vector3.forward;

        public Vector3 up => rotation * Vector3.up;

        public Vector3 right => rotation * Vector3.right;

        internal Transform StubParent { get; private set; }

        public Transform GetChild(int index) => StubChildren[index];

        /// <summary>A child by its name, or by a path of names with slashes; null when there is none.</summary>
        public Transform Find(string n)
        {
            int slash = n.IndexOf('/');
            string first = slash < 0 ? n : n.Substring(0, slash);
            foreach (Transform child in StubChildren)
            {
                if (child.gameObject.name == first)
                {
                    return slash < 0 ? child : child.Find(n.Substring(slash + 1));
                }
            }

            return null;
        }

        /// <summary>Keeps the world position, as Unity does.</summary>
        public void SetParent(Transform p) => SetParent(p, true);

        public void SetParent(Transform parent, bool worldPositionStays)
        {
            MainThread.Require("SetParent");
            Vector3 position = this.position;
            Quaternion rotation = this.rotation;
            Vector3 scale = lossyScale;
            StubHang(parent);
            if (worldPositionStays)
            {
                SetPositionAndRotation(position, rotation);
                Vector3 outer = parent is null ? Vector3.one : parent.lossyScale;
                localScale = new Vector3(scale.x / outer.x, scale.y / outer.y, scale.z / outer.z);
            }

            gameObject.Refresh();
        }

        public void SetPositionAndRotation(Vector3 position, Quaternion rotation)
        {
            this.position = position;
            this.rotation = rotation;
        }

        public void GetPositionAndRotation(out Vector3 position, out Quaternion rotation)
        {
            position = this.position;
            rotation = this.rotation;
        }

        public Vector3 TransformPoint(Vector3 position) =>
            this.position + (rotation * Vector3.Scale(lossyScale, position));

        public Vector3 InverseTransformPoint(Vector3 position)
        {
            Vector3 local = Quaternion.Inverse(rotation) * (position - this.position);
            Vector3 scale = lossyScale;
            return new Vector3(local.x / scale.x, local.y / scale.y, local.z / scale.z);
        }

        /// <summary>Changes the parent and nothing else; null lets it hang free.</summary>
        internal void StubHang(Transform parent)
        {
            StubParent?.StubChildren.Remove(this);
            StubParent = parent;
            parent?.StubChildren.Add(this);
        }

        /// <summary>Takes the place of another transform: of the plain one that a RectTransform replaces.</summary>
        internal void StubReplace(Transform old)
        {
            int index = old.StubParent is null ? -1 : old.StubParent.StubChildren.IndexOf(old);
            Vector3 position = old.localPosition;
            _localRotation = old._localRotation;
            _localScale = old._localScale;
            StubParent = old.StubParent;
            if (index >= 0)
            {
                StubParent.StubChildren[index] = this;
            }

            foreach (Transform child in old.StubChildren)
            {
                child.StubParent = this;
                StubChildren.Add(child);
            }

            old.StubChildren.Clear();
            old.StubParent = null;
            localPosition = position;
        }
    }
}
