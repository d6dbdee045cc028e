using System;
using System.IO;

namespace FrameBridge.Asmdefs
{
    /// <summary>Paths from the project file: packages, reference assemblies and stubs.</summary>
    internal static class Settings
    {
        /// <summary>NuGet's folder of packages.</summary>
        internal static string Packages => Folder("Packages");

        /// <summary>The reference assemblies of netstandard2.1.</summary>
        internal static string NetStandard => Folder("NetStandard");

        /// <summary>The folder Tests~ of the package.</summary>
        internal static string Stubs => Folder("Stubs");

        private static string Folder(string name) => Path.GetFullPath((string)AppContext.GetData("FrameBridge.Asmdefs." + name));
    }
}
