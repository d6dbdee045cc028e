using System;
using System.Collections.Generic;
using UnityEngine.Stub;

namespace UnityEngine
{
    /// <summary>An object with a half on the engine's side. Compares equal to null once destroyed.</summary>
    public class Object
    {
        private static int _lastId;
        private readonly int _id;
        private string _name = string.Empty;

        public Object()
        {
            _id = ++_lastId;
            World.Add(this);
        }

        public string name
        {
            get
            {
                MainThread.Require("get_name");
                return StubName;
            }

            set
            {
                MainThread.Require("set_name");
                StubName = value;
            }
        }

        public HideFlags hideFlags { get; set; }

        internal bool Destroyed { get; private set; }

        internal virtual string StubName
        {
            get => _name;
            set => _name = value;
        }

        public static implicit operator bool(Object exists) => exists != null;

        public static bool operator ==(Object left, Object right)
        {
            bool noLeft = left is null || left.Destroyed;
            bool noRight = right is null || right.Destroyed;
            return noLeft || noRight ? noLeft && noRight : ReferenceEquals(left, right);
        }

        public static bool operator !=(Object left, Object right) => !(left == right);

        /// <summary>Destroys at the end of the frame, as Unity does; outside play mode it is an error.</summary>
        public static void Destroy(Object obj)
        {
            MainThread.Require("Destroy");
            if (!Application.isPlaying)
            {
                Debug.LogError("Destroy may not be called from edit mode! Use DestroyImmediate instead.");
                return;
            }

            if (obj != null)
            {
                World.Doom(obj);
            }
        }

        public static void DestroyImmediate(Object obj)
        {
            MainThread.Require("DestroyImmediate");
            if (obj != null)
            {
                obj.DestroyNow();
            }
        }

        public static void DontDestroyOnLoad(Object target)
        {
            MainThread.Require("DontDestroyOnLoad");
            GameObject owner = target is Component part ? part.gameObject : target as GameObject;
            if (!Application.isPlaying)
            {
                throw new InvalidOperationException(
                    "The following game object is invoking the DontDestroyOnLoad method: " + target.name + ". Notice that "
                    + "DontDestroyOnLoad can only be used in play mode and, as such, cannot be part of an editor script.");
            }

            if (owner != null && owner.transform.parent != null)
            {
                Debug.LogWarning("DontDestroyOnLoad only works for root GameObjects or components on root GameObjects.");
            }
            else if (owner != null)
            {
                owner.StubKept = true;
            }
        }

        public static T FindAnyObjectByType<T>() where T : Object
        {
            List<T> found = Active<T>();
            return found.Count > 0 ? found[0] : null;
        }

        // Calls that any supported Unity marks obsolete are obsolete here, and warnings are errors, so that none is
        // used. If 2022.3 has no replacement, the attribute applies from the version that has one.
        [Obsolete("as in Unity 6000.6: use FindAnyObjectByType")]
        public static T FindFirstObjectByType<T>() where T : Object => FindAnyObjectByType<T>();

        [Obsolete("as in Unity 2023.1: use FindAnyObjectByType")]
        public static T FindObjectOfType<T>() where T : Object => FindAnyObjectByType<T>();

        [Obsolete("as in Unity 2023.1: use FindObjectsByType")]
        public static T[] FindObjectsOfType<T>() where T : Object => Active<T>().ToArray();

#if UNITY_6000_4_OR_NEWER
        public static T[] FindObjectsByType<T>() where T : Object => Active<T>().ToArray();

        [Obsolete("as in Unity 6000.4: use FindObjectsByType without a sort mode")]
#endif
        public static T[] FindObjectsByType<T>(FindObjectsSortMode sortMode) where T : Object => Active<T>().ToArray();

        public static T Instantiate<T>(T original) where T : Object => Instantiate(original, null, false);

        public static T Instantiate<T>(T original, Transform parent) where T : Object => Instantiate(original, parent, false);

        public static T Instantiate<T>(T original, Vector3 position, Quaternion rotation) where T : Object =>
            Instantiate(original, position, rotation, null);

        public static T Instantiate<T>(T original, Transform parent, bool worldPositionStays) where T : Object =>
            Cloner.Clone(original, root => root.SetParent(parent, worldPositionStays));

        public static T Instantiate<T>(T original, Vector3 position, Quaternion rotation, Transform parent) where T : Object =>
            Cloner.Clone(
                original,
                root =>
                {
                    root.SetParent(parent, false);
                    root.SetPositionAndRotation(position, rotation);
                });

#if UNITY_6000_4_OR_NEWER
        [Obsolete("as in Unity 6000.4, and an error from 6000.5: use GetEntityId")]
#endif
        public int GetInstanceID() => _id;

        private static List<T> Active<T>() where T : Object
        {
            MainThread.Require("FindObjectsByType");
            List<T> found = World.All<T>();
            found.RemoveAll(item =>
                (item is Component part && !part.gameObject.activeInHierarchy)
                || (item is GameObject owner && !owner.activeInHierarchy));
            return found;
        }

        public override int GetHashCode() => _id;

        public override bool Equals(object other) => other is null ? this == null : other is Object that && this == that;

        public override string ToString() => (Destroyed ? "null" : StubName) + " (" + GetType().FullName + ")";

        internal virtual void DestroyNow()
        {
            if (!Destroyed)
            {
                Destroyed = true;
                World.Remove(this);
                ReleaseNative();
            }
        }

        internal virtual void ReleaseNative()
        {
        }

        internal void RequireAlive()
        {
            if (Destroyed)
            {
                throw new MissingReferenceException(
                    "The object of type '" + GetType().Name + "' has been destroyed but you are still trying to access it.");
            }
        }
    }
}
