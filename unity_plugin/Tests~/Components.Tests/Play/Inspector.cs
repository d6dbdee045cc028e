using System.Reflection;
using UnityEngine;

namespace FrameBridge.Components.Tests
{
    /// <summary>Changes a serialised field as the inspector does: past the property, and then OnValidate.</summary>
    internal static class Inspector
    {
        public static void Set(MonoBehaviour component, string field, object value)
        {
            component.GetType().GetField(field, BindingFlags.Instance | BindingFlags.NonPublic).SetValue(component, value);
            component.StubValidate();
        }
    }
}
