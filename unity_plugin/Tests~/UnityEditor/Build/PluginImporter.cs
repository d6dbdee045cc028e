using System;
using System.Collections.Generic;
using Object = UnityEngine.Object;

namespace UnityEditor
{
    public class AssetImporter : Object
    {
        public string assetPath { get; protected set; } = string.Empty;
    }

    /// <summary>The import settings of one plugin. A new one is on for every platform, as in Unity.</summary>
    public sealed class PluginImporter : AssetImporter
    {
        private static readonly List<PluginImporter> Importers = new List<PluginImporter>();

        private readonly HashSet<BuildTarget> _excluded = new HashSet<BuildTarget>();
        private readonly HashSet<BuildTarget> _compatible = new HashSet<BuildTarget>();
        private bool _anyPlatform = true;
        private bool _editor;
        private bool _editorExcluded;

        public string[] DefineConstraints { get; set; } = Array.Empty<string>();

        public bool isNativePlugin { get; private set; }

        public static PluginImporter[] GetAllImporters() => Importers.ToArray();

        public bool GetCompatibleWithAnyPlatform() => _anyPlatform;

        public void SetCompatibleWithAnyPlatform(bool enable) => _anyPlatform = enable;

        public bool GetExcludeEditorFromAnyPlatform() => _editorExcluded;

        public void SetExcludeEditorFromAnyPlatform(bool excludedFromAny) => _editorExcluded = excludedFromAny;

        public bool GetExcludeFromAnyPlatform(BuildTarget platform) => _excluded.Contains(platform);

        public void SetExcludeFromAnyPlatform(BuildTarget platform, bool excludedFromAny) =>
            Set(_excluded, platform, excludedFromAny);

        /// <summary>The tick box of the editor. It counts only where "Any Platform" is off.</summary>
        public bool GetCompatibleWithEditor() => _editor;

        public void SetCompatibleWithEditor(bool enable) => _editor = enable;

        /// <summary>The tick box of one platform. It counts only where "Any Platform" is off.</summary>
        public bool GetCompatibleWithPlatform(BuildTarget platform) => _compatible.Contains(platform);

        public void SetCompatibleWithPlatform(BuildTarget platform, bool enable) => Set(_compatible, platform, enable);

        /// <summary>A plugin of the stubbed project, or one in the editor's own folders.</summary>
        public static PluginImporter StubAdd(string path, bool native = false)
        {
            var made = new PluginImporter { assetPath = path, isNativePlugin = native };
            Importers.Add(made);
            return made;
        }

        /// <summary>The file is gone.</summary>
        public static void StubRemove(string path) => Importers.RemoveAll(each => each.assetPath == path);

        /// <summary>On for the given platforms only.</summary>
        public void StubOnlyFor(bool editor, params BuildTarget[] platforms)
        {
            _anyPlatform = false;
            _editor = editor;
            _compatible.Clear();
            _compatible.UnionWith(platforms);
        }

        /// <summary>As in an empty project.</summary>
        public static void StubReset() => Importers.Clear();

        /// <summary>Whether the editor compiles with it.</summary>
        internal bool StubInEditor =>
            !isNativePlugin && (_anyPlatform ? !_editorExcluded : _editor)
            && Compilation.CompilationPipeline.IsDefineConstraintsCompatible(
                EditorUserBuildSettings.activeScriptCompilationDefines, DefineConstraints);

        private static void Set(HashSet<BuildTarget> set, BuildTarget platform, bool on)
        {
            if (on)
            {
                set.Add(platform);
            }
            else
            {
                set.Remove(platform);
            }
        }
    }
}
