using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace UnityEngine.Stub
{
    /// <summary>Which class a script's GUID stands for: the one with the file's name.</summary>
    internal sealed class ScriptTypes
    {
        private readonly AssetFiles _files;
        private readonly Assembly[] _assemblies;

        internal ScriptTypes(AssetFiles files, Assembly[] assemblies)
        {
            _files = files;
            _assemblies = assemblies;
        }

        /// <summary>Null when there is no such class: what the editor shows as a missing script.</summary>
        internal Type Find(string guid)
        {
            string unitys = UnityAssets.ScriptOf(guid);
            if (unitys != null)
            {
                return AppDomain.CurrentDomain.GetAssemblies().Select(each => each.GetType(unitys)).FirstOrDefault(each => each != null);
            }

            string path = _files.PathOf(guid);
            return path == null ? null : Named(Path.GetFileNameWithoutExtension(path));
        }

        private Type Named(string name) => _assemblies
            .SelectMany(assembly => assembly.GetTypes())
            .FirstOrDefault(type => type.Name == name && typeof(Object).IsAssignableFrom(type));
    }
}
