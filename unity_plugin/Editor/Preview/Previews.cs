using System.Collections.Generic;

namespace FrameBridge.Editor
{
    /// <summary>All previews with a connection, to close them before a domain reload.</summary>
    internal static class Previews
    {
        private static readonly List<AvatarPreview> Open = new List<AvatarPreview>();

        public static int Count => Open.Count;

        public static void Add(AvatarPreview preview) => Open.Add(preview);

        public static void Remove(AvatarPreview preview) => Open.Remove(preview);

        /// <summary>Closes them, within 200 milliseconds each.</summary>
        public static void CloseAll()
        {
            foreach (var preview in Open.ToArray())
            {
                preview.Dispose();
            }
        }
    }
}
