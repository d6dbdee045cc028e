using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace FrameBridge.Asmdefs
{
    /// <summary>Reads each .asmdef file once for all projects.</summary>
    internal sealed class DefinitionFiles
    {
        private readonly Dictionary<string, AssemblyDefinition> _read = new Dictionary<string, AssemblyDefinition>();

        /// <summary>All in a folder of assets and below.</summary>
        internal IEnumerable<AssemblyDefinition> Under(AssetFolder folder) =>
            folder.Files("*.asmdef").Select(path => Read(path, folder)).Concat(folder.Folders.SelectMany(Under));

        private AssemblyDefinition Read(string path, AssetFolder folder)
        {
            string full = Path.GetFullPath(path);
            if (!_read.TryGetValue(full, out AssemblyDefinition definition))
            {
                definition = new AssemblyDefinition(full, folder);
                _read.Add(full, definition);
            }

            return definition;
        }
    }
}
