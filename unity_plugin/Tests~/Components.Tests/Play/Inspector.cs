using System.Reflection;
using UnityEngine;

namespace FrameBridge.Components.Tests
{
    /// <summary>Changes a serialised field as the inspector does: bypassing the property, and then OnValidate.</summary>
    internal static class Inspector
    {
        public static void Set(MonoBehaviour component, string field, object value)
        {
            component.GetType().GetField(field, BindingFlags.Instance | BindingFlags.NonPublic).SetValue(component, value);
            component.StubValidate();
        }

        /// <summary>The same on an asset, or for a value from an earlier version's file.</summary>
        public static void Set(ScriptableObject asset, string field, object value) =>
            asset.GetType().GetField(field, BindingFlags.Instance | BindingFlags.NonPublic).SetValue(asset, value);
    }
}
