using System;
using System.Collections.Generic;
using System.Reflection;
using UnityEngine.Events;
using UnityEngine.Serialization;

namespace UnityEngine.Stub
{
    /// <summary>The fields of a class that Unity keeps: public ones and those with SerializeField, of a type that it can keep.</summary>
    internal static class SerializedFields
    {
        private const BindingFlags Declared =
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

        private static readonly Dictionary<Type, FieldInfo[]> Known = new Dictionary<Type, FieldInfo[]>();

        internal static FieldInfo[] Of(Type type)
        {
            lock (Known)
            {
                if (!Known.TryGetValue(type, out FieldInfo[] found))
                {
                    found = Find(type).ToArray();
                    Known[type] = found;
                }

                return found;
            }
        }

        /// <summary>The value of a field in a map: by its name, or by one that it had before.</summary>
        internal static YamlNode ValueOf(FieldInfo field, YamlMap body)
        {
            YamlNode value = body[field.Name];
            foreach (FormerlySerializedAsAttribute former in field.GetCustomAttributes<FormerlySerializedAsAttribute>())
            {
                value ??= body[former.oldName];
            }

            return value;
        }

        /// <summary>Whether it is written as a map of its fields.</summary>
        internal static bool IsNested(Type type) =>
            !type.IsPrimitive && !type.IsEnum && type != typeof(string) && !typeof(Object).IsAssignableFrom(type)
            && !typeof(UnityEventBase).IsAssignableFrom(type)
            && (type.Namespace == nameof(UnityEngine) || type.IsDefined(typeof(SerializableAttribute), false))
            && ElementOf(type) == null && !type.IsAbstract;

        /// <summary>What an array or List holds; null for what is neither.</summary>
        internal static Type ElementOf(Type type) =>
            type.IsArray ? type.GetElementType()
            : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>) ? type.GetGenericArguments()[0]
            : null;

        private static List<FieldInfo> Find(Type type)
        {
            var found = new List<FieldInfo>();
            for (Type at = type; at != null && !IsUnitys(at); at = at.BaseType)
            {
                found.InsertRange(0, Array.FindAll(at.GetFields(Declared), IsKept));
            }

            return found;
        }

        private static bool IsUnitys(Type type) =>
            type == typeof(MonoBehaviour) || type == typeof(ScriptableObject) || type == typeof(object) || type == typeof(ValueType);

        private static bool IsKept(FieldInfo field) =>
            (field.IsPublic || field.IsDefined(typeof(SerializeField), false))
            && !field.IsInitOnly && !field.IsNotSerialized && CanKeep(field.FieldType);

        private static bool CanKeep(Type type)
        {
            Type element = ElementOf(type);
            if (element != null)
            {
                return ElementOf(element) == null && CanKeep(element); // no lists of lists
            }

            return type.IsPrimitive || type.IsEnum || type == typeof(string) || typeof(Object).IsAssignableFrom(type)
                || typeof(UnityEventBase).IsAssignableFrom(type) || IsNested(type);
        }
    }
}
