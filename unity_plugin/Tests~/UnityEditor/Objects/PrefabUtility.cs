using System.Runtime.CompilerServices;
using UnityEngine;
using Object = UnityEngine.Object;

namespace UnityEditor
{
    /// <summary>Instances that keep the link to their prefab, and its name.</summary>
    public static class PrefabUtility
    {
        private static readonly ConditionalWeakTable<Object, Object> Sources = new ConditionalWeakTable<Object, Object>();

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
