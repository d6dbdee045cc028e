using System.Collections.Generic;
using UnityEngine.Stub;

namespace UnityEngine
{
    /// <summary>Place and turn. Scale is kept and changes nothing.</summary>
    public class Transform : Component
    {
        internal readonly List<Transform> StubChildren = new List<Transform>();
        private Vector3 _localPosition;
        private Quaternion _localRotation = Quaternion.identity;

        public Transform parent
        {
            get
            {
                MainThread.Require("get_parent");
                return StubParent;
            }

            set => SetParent(value);
        }

        public Vector3 localPosition
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

        public Quaternion localRotation
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

        public Vector3 localScale { get; set; } = new Vector3(1f, 1f, 1f);

        public Vector3 position
        {
            get => StubParent is null
                ? localPosition
                : StubParent.position + (StubParent.rotation * localPosition);
            set => localPosition = StubParent is null
                ? value
                : Quaternion.Inverse(StubParent.rotation) * (value - StubParent.position);
        }

        public Quaternion rotation
        {
            get => StubParent is null ? localRotation : StubParent.rotation * localRotation;
            set => localRotation = StubParent is null ? value : Quaternion.Inverse(StubParent.rotation) * value;
        }

        public Vector3 forward => rotation * Vector3.forward;

        public Transform root => parent is null ? this : parent.root;

        public int childCount => StubChildren.Count;

        internal Transform StubParent { get; private set; }

        public void SetParent(Transform p)
        {
            StubParent?.StubChildren.Remove(this);
            StubParent = p;
            p?.StubChildren.Add(this);
            if (!gameObject.Destroyed)
            {
                gameObject.Refresh();
            }
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
    }
}
