using System.Collections.Generic;

namespace UnityEngine.Stub
{
    /// <summary>The objects of a scene, prefab or asset, by their numbers in the file.</summary>
    internal sealed class ObjectGraph
    {
        internal readonly Dictionary<long, Object> Objects = new Dictionary<long, Object>();

        /// <summary>In the order of the file; they are not awake.</summary>
        internal readonly List<MonoBehaviour> Scripts = new List<MonoBehaviour>();

        /// <summary>What hangs below nothing.</summary>
        internal readonly List<GameObject> Roots = new List<GameObject>();

        internal Object Find(long fileId) => Objects.TryGetValue(fileId, out Object found) ? found : null;
    }
}
