using System;
using System.Collections;
using System.Globalization;
using System.Reflection;
using UnityEngine.Events;

namespace UnityEngine.Stub
{
    /// <summary>Turns what is written in a file into the values of fields.</summary>
    internal sealed class FieldReader
    {
        private readonly Func<AssetReference, Type, Object> _resolve;

        internal FieldReader(Func<AssetReference, Type, Object> resolve) => _resolve = resolve;

        /// <summary>Sets every field that the map has; the rest keep what the class gives them.</summary>
        internal void Fill(object target, YamlMap body)
        {
            foreach (FieldInfo field in SerializedFields.Of(target.GetType()))
            {
                YamlNode value = SerializedFields.ValueOf(field, body);
                if (value != null)
                {
                    field.SetValue(target, Read(value, field.FieldType, field.GetValue(target)));
                }
            }
        }

        internal T Read<T>(YamlNode node) => (T)Read(node, typeof(T), default(T));

        internal object Read(YamlNode node, Type type, object before)
        {
            if (typeof(Object).IsAssignableFrom(type))
            {
                return _resolve(AssetReference.From(node), type);
            }

            if (SerializedFields.ElementOf(type) is Type element)
            {
                return Items(node, type, element);
            }

            if (typeof(UnityEventBase).IsAssignableFrom(type))
            {
                object told = before ?? Activator.CreateInstance(type);
                ((UnityEventBase)told).StubFill((YamlMap)node, this);
                return told;
            }

            if (type == typeof(Rect))
            {
                var map = (YamlMap)node;
                return new Rect(Single(map, "x"), Single(map, "y"), Single(map, "width"), Single(map, "height"));
            }

            if (SerializedFields.IsNested(type))
            {
                object nested = before ?? Activator.CreateInstance(type, true);
                Fill(nested, (YamlMap)node);
                return nested;
            }

            return Plain(node.Text, type);
        }

        private static float Single(YamlMap map, string key) => float.Parse(map.TextOf(key), CultureInfo.InvariantCulture);

        private static object Plain(string text, Type type)
        {
            if (type == typeof(string))
            {
                return text;
            }

            if (type == typeof(bool))
            {
                return text != "0";
            }

            if (type == typeof(char))
            {
                return (char)int.Parse(text, CultureInfo.InvariantCulture);
            }

            return type.IsEnum
                ? Enum.ToObject(type, long.Parse(text, CultureInfo.InvariantCulture))
                : Convert.ChangeType(text, type, CultureInfo.InvariantCulture);
        }

        private object Items(YamlNode node, Type type, Type element)
        {
            int count = node is YamlList list ? list.Items.Count : 0;
            var items = Array.CreateInstance(element, count);
            for (int i = 0; i < count; i++)
            {
                items.SetValue(Read(((YamlList)node).Items[i], element, null), i);
            }

            return type.IsArray ? items : (IList)Activator.CreateInstance(type, items);
        }
    }
}
