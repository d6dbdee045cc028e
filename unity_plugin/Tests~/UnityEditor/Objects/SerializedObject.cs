using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using UnityEngine;
using Object = UnityEngine.Object;

namespace UnityEditor
{
    /// <summary>Serialised fields by name: public ones, and private ones with [SerializeField]; writes are applied later.</summary>
    public class SerializedObject
    {
        private readonly Dictionary<string, SerializedProperty> _changed = new Dictionary<string, SerializedProperty>();

        public SerializedObject(Object obj) => targetObject = obj;

        public Object targetObject { get; }

        internal IEnumerable<string> StubNames => Fields().Select(field => field.Name);

        public void Update() => _changed.Clear();

        public SerializedProperty FindProperty(string propertyPath)
        {
            if (_changed.TryGetValue(propertyPath, out var known))
            {
                return known;
            }

            var field = Fields().FirstOrDefault(each => each.Name == propertyPath);
            return field == null ? null : _changed[propertyPath] = new SerializedProperty(field, targetObject);
        }

        public bool ApplyModifiedProperties() => _changed.Values.Count(property => property.Apply()) > 0;

        private IEnumerable<FieldInfo> Fields()
        {
            for (var type = targetObject.GetType(); type != null && type != typeof(object); type = type.BaseType)
            {
                foreach (var field in type.GetFields(
                    BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    if (field.IsPublic || Attribute.IsDefined(field, typeof(SerializeField)))
                    {
                        yield return field;
                    }
                }
            }
        }
    }

    /// <summary>One serialised field of simple type.</summary>
    public class SerializedProperty
    {
        private readonly FieldInfo _field;
        private readonly Object _owner;
        private object _value;
        private bool _changed;

        internal SerializedProperty(FieldInfo field, Object owner)
        {
            _field = field;
            _owner = owner;
            _value = field.GetValue(owner);
        }

        public string name => _field.Name;

        public string stringValue
        {
            get => (string)_value;
            set => Set(value);
        }

        public float floatValue
        {
            get => (float)_value;
            set => Set(value);
        }

        public bool boolValue
        {
            get => (bool)_value;
            set => Set(value);
        }

        public int intValue
        {
            get => (int)_value;
            set => Set(value);
        }

        public long longValue
        {
            get => (long)_value;
            set => Set(value);
        }

        public Object objectReferenceValue
        {
            get => (Object)_value;
            set => Set(value);
        }

        internal bool Apply()
        {
            var changed = _changed;
            if (changed)
            {
                _field.SetValue(_owner, _value);
            }

            _changed = false;
            return changed;
        }

        private void Set(object value)
        {
            _changed |= !Equals(_value, value);
            _value = value;
        }
    }
}
