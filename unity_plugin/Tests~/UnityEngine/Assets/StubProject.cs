using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace UnityEngine.Stub
{
    /// <summary>
    /// A project's assets, read from their files: scenes, prefabs, materials, ScriptableObjects, textures and texts, which
    /// find one another by the GUIDs of their .meta files.
    /// </summary>
    public sealed class StubProject
    {
        private readonly AssetFiles _files = new AssetFiles();
        private readonly Dictionary<string, ObjectGraph> _loaded = new Dictionary<string, ObjectGraph>();
        private readonly Dictionary<(string, long), Object> _builtIn = new Dictionary<(string, long), Object>();

        private StubProject(Assembly[] scripts) => Scripts = new ScriptTypes(_files, scripts);

        /// <summary>The one that is open; null when none is.</summary>
        public static StubProject Current { get; private set; }

        internal ScriptTypes Scripts { get; }

        /// <summary>Opens a project whose scripts are in these assemblies, with nothing imported yet.</summary>
        public static StubProject Open(params Assembly[] scripts) => Current = new StubProject(scripts);

        /// <summary>Imports the files of a folder and of those below it, but for what ends with `~`.</summary>
        public void Import(string folder) => _files.Import(folder);

        /// <summary>A prefab or another asset by the path that Unity gives it, such as "Packages/NAME/..."; null when there is none.</summary>
        public T LoadAt<T>(string assetPath) where T : Object
        {
            string[] parts = assetPath.Split('/');
            string inner = string.Join("/", parts, parts[0] == "Packages" ? 2 : 0, parts.Length - (parts[0] == "Packages" ? 2 : 0));
            ObjectGraph found = _files.FindGuid(inner) is string guid ? Load(guid) : null;
            return found == null ? null
                : found.Roots.FirstOrDefault() as T ?? found.Objects.Values.OfType<T>().FirstOrDefault();
        }

        internal static void Close() => Current = null;

        /// <summary>Where a scene is, by its name or its path; null when there is none. All are taken to be in the build.</summary>
        internal string FindScene(string name) => _files.Scenes.FirstOrDefault(
            path => path == name || Path.GetFileNameWithoutExtension(path) == name);

        /// <summary>Makes the objects of a scene; they are not awake.</summary>
        internal ObjectGraph Build(string path) => GraphBuilder.Build(this, Expanded(path));

        /// <summary>What a field refers to: an object of its own file, of another one, or of Unity's. Null for what does not fit.</summary>
        internal Object Resolve(in AssetReference reference, Type type, ObjectGraph own)
        {
            if (reference.IsNone)
            {
                return null;
            }

            Object found = reference.IsLocal ? own.Find(reference.FileId)
                : UnityAssets.ResourceOf(reference) is string[] resource ? BuiltIn(reference, resource)
                : Load(reference.Guid)?.Find(reference.FileId);
            return type.IsInstanceOfType(found) ? found : null;
        }

        private ObjectGraph Load(string guid)
        {
            string path = _files.PathOf(guid);
            if (path != null && !_loaded.ContainsKey(guid))
            {
                _loaded[guid] = new ObjectGraph(); // for what refers to itself
                _loaded[guid] = ReadAsset(path);
            }

            return path == null ? null : _loaded[guid];
        }

        private ObjectGraph ReadAsset(string path)
        {
            switch (Path.GetExtension(path))
            {
                case ".prefab":
                    ObjectGraph prefab = GraphBuilder.Build(this, Expanded(path));
                    prefab.Roots.ForEach(root => root.StubIsAsset = true);
                    return prefab;
                case ".asset":
                    ObjectGraph asset = GraphBuilder.Build(this, Expanded(path));
                    foreach (Object each in asset.Objects.Values)
                    {
                        (each as ScriptableObject)?.StubLoaded();
                    }

                    return asset;
                default:
                    return FileAssets.Read(path, this);
            }
        }

        private List<YamlDocument> Expanded(string path) =>
            new PrefabExpander(_files.Read(path), guid => Expanded(_files.PathOf(guid))).Expand();

        private Object BuiltIn(in AssetReference reference, string[] resource)
        {
            var key = (reference.Guid, reference.FileId);
            if (!_builtIn.TryGetValue(key, out Object made))
            {
                made = _builtIn[key] = MakeBuiltIn(resource[0], resource[1]);
            }

            return made;
        }

        private static Object MakeBuiltIn(string kind, string name)
        {
            switch (kind)
            {
                case "UnityEngine.Mesh":
                    return new Mesh(name);
                case "UnityEngine.Font":
                    return Resources.GetBuiltinResource<Font>(name + ".ttf");
                case "UnityEngine.Sprite":
                    return new Sprite(name);
                case "UnityEngine.Texture2D":
                    return Texture2D.whiteTexture;
                case "UnityEngine.Material":
                    return new Material(Shader.Find("Standard")) { name = name };
                default:
                    throw new InvalidDataException("the stub has no built-in " + kind);
            }
        }
    }
}
