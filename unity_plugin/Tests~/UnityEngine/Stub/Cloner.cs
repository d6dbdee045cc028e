using System;
using System.Collections;
using System.Collections.Generic;
using System.Reflection;
using UnityEngine.Events;

namespace UnityEngine.Stub
{
    /// <summary>
    /// Copies objects as Instantiate does: what Unity keeps of them, with references inside the copied hierarchy turned to the
    /// copies. The copy wakes at the end.
    /// </summary>
    internal sealed class Cloner
    {
        private readonly Dictionary<Object, Object> _copies = new Dictionary<Object, Object>();
        private readonly List<MonoBehaviour> _scripts = new List<MonoBehaviour>();

        internal static T Clone<T>(T original, Action<Transform> place) where T : Object
        {
            MainThread.Require("Instantiate");
            if (original == null)
            {
                throw new ArgumentException("The Object you want to instantiate is null.");
            }

            GameObject owner = original is Component part ? part.gameObject : original as GameObject;
            return owner is null ? (T)CloneAsset(original) : (T)new Cloner().CloneHierarchy(original, owner, place);
        }

        private static Object CloneAsset(Object original)
        {
            Object copy;
            switch (original)
            {
                case Material material:
                    copy = new Material(material);
                    break;
                case ScriptableObject asset:
                    copy = (Object)Activator.CreateInstance(asset.GetType());
                    new Cloner().CopyFields(asset, copy);
                    ((ScriptableObject)copy).StubLoaded();
                    break;
                default:
                    throw new NotSupportedException("the stub makes no copy of a " + original.GetType().Name);
            }

            copy.name = original.name + "(Clone)";
            return copy;
        }

        private Object CloneHierarchy(Object original, GameObject owner, Action<Transform> place)
        {
            Awakening.Hold(() =>
            {
                GameObject root = Make(owner);
                root.name = owner.name + "(Clone)";
                foreach (KeyValuePair<Object, Object> pair in new Dictionary<Object, Object>(_copies))
                {
                    Fill(pair.Key, pair.Value);
                }

                place(root.transform);
            });
            Awakening.Wake(_scripts);
            return _copies[original];
        }

        private GameObject Make(GameObject original)
        {
            var copy = new GameObject(original.name) { layer = original.layer, tag = original.tag };
            _copies[original] = copy;
            foreach (Component part in original.StubParts)
            {
                Component made = part.GetType() == typeof(Transform) ? copy.transform : copy.StubAdd(part.GetType());
                _copies[part] = made;
                if (made is MonoBehaviour script)
                {
                    _scripts.Add(script);
                }
            }

            foreach (Transform child in original.transform.StubChildren)
            {
                Make(child.gameObject).transform.SetParent(copy.transform, false);
            }

            copy.SetActive(original.activeSelf);
            return copy;
        }

        private void Fill(Object original, Object copy)
        {
            foreach (NativeField field in NativeFields.Of(original.GetType()))
            {
                field.Set(copy, CopyOf(field.Get(original)));
            }

            if (original is MonoBehaviour)
            {
                CopyFields(original, copy);
            }
        }

        private void CopyFields(object from, object to)
        {
            foreach (FieldInfo field in SerializedFields.Of(from.GetType()))
            {
                field.SetValue(to, CopyOf(field.GetValue(from)));
            }
        }

        private object CopyOf(object value)
        {
            switch (value)
            {
                case null:
                    return null;
                case Object reference:
                    return _copies.TryGetValue(reference, out Object copy) ? copy : reference;
                case UnityEventBase listeners:
                    var told = (UnityEventBase)Activator.CreateInstance(value.GetType());
                    told.StubCopy(listeners, target => (Object)CopyOf(target));
                    return told;
                case IList list when SerializedFields.ElementOf(value.GetType()) != null:
                    return Items(list);
                default:
                    return Nested(value);
            }
        }

        private object Items(IList list)
        {
            Type type = list.GetType();
            var items = Array.CreateInstance(SerializedFields.ElementOf(type), list.Count);
            for (int i = 0; i < list.Count; i++)
            {
                items.SetValue(CopyOf(list[i]), i);
            }

            return type.IsArray ? items : Activator.CreateInstance(type, items);
        }

        private object Nested(object value)
        {
            Type type = value.GetType();
            if (!SerializedFields.IsNested(type) || type == typeof(Rect))
            {
                return value;
            }

            object copy = Activator.CreateInstance(type, true);
            CopyFields(value, copy);
            return copy;
        }
    }
}
