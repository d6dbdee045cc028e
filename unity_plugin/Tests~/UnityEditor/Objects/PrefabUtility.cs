using System.Collections.Generic;
using System.Runtime.CompilerServices;
using UnityEngine;
using Object = UnityEngine.Object;

namespace UnityEditor
{
    /// <summary>Instances that keep the link to their prefab, and its name.</summary>
    public static class PrefabUtility
    {
        private static readonly ConditionalWeakTable<Object, Object> Sources = new ConditionalWeakTable<Object, Object>();

        /// <summary>Whose changes by a script were recorded; others are lost when the scene is saved.</summary>
        public static List<Object> StubRecorded { get; } = new List<Object>();

        public static void RecordPrefabInstancePropertyModifications(Object targetObject) => StubRecorded.Add(targetObject);

        public static Object InstantiatePrefab(Object assetComponentOrGameObject)
        {
            var made = Object.Instantiate((GameObject)assetComponentOrGameObject);
            made.name = assetComponentOrGameObject.name;
            Sources.Add(made, assetComponentOrGameObject);
            return made;
        }

        public static T GetCorrespondingObjectFromSource<T>(T componentOrGameObject) where T : Object =>
            Sources.TryGetValue(componentOrGameObject, out var source) ? source as T : null;
    }
}
