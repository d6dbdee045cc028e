using System.Collections.Generic;

namespace UnityEngine.Stub
{
    /// <summary>All objects that live on the engine's side: what a leak test counts.</summary>
    public static class World
    {
        private static readonly List<Object> Alive = new List<Object>();
        private static readonly List<Object> Doomed = new List<Object>();

        /// <summary>Objects of a type that are not destroyed.</summary>
        public static int Count<T>() where T : Object
        {
            int count = 0;
            foreach (Object item in Alive)
            {
                count += item is T ? 1 : 0;
            }

            return count;
        }

        internal static void Add(Object item) => Alive.Add(item);

        internal static void Remove(Object item) => Alive.Remove(item);

        internal static void Doom(Object item)
        {
            if (!Doomed.Contains(item))
            {
                Doomed.Add(item);
            }
        }

        internal static void Bury()
        {
            for (int i = 0; i < Doomed.Count; i++)
            {
                Doomed[i].DestroyNow();
            }

            Doomed.Clear();
        }

        /// <summary>Objects of a type that are not destroyed, inactive ones too.</summary>
        public static List<T> All<T>() where T : class
        {
            var found = new List<T>();
            foreach (Object item in Alive)
            {
                if (item is T match)
                {
                    found.Add(match);
                }
            }

            return found;
        }

        internal static void Clear()
        {
            Alive.Clear();
            Doomed.Clear();
        }
    }
}
