using System;
using System.Collections.Generic;
using System.Linq;
using UnityEditor;
using UnityEditor.Compilation;

namespace FrameBridge.Editor
{
    /// <summary>
    /// A managed DLL of the project, and whether its import settings switch it on in the editor and in a build. Read
    /// from PluginImporter: CompilationPipeline lists only one path per file name, and so hides doubles.
    /// </summary>
    internal sealed class ProjectLibrary
    {
        public ProjectLibrary(string path, bool inEditor = true, bool inBuild = true)
        {
            Path = path.Replace('\\', '/');
            InEditor = inEditor;
            InBuild = inBuild;
        }

        /// <summary>The path, with forward slashes.</summary>
        public string Path { get; }

        /// <summary>The file name without ".dll".</summary>
        public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

        /// <summary>Whether scripts of the editor are compiled with it.</summary>
        public bool InEditor { get; }

        /// <summary>Whether scripts of a build for the active build target are compiled with it.</summary>
        public bool InBuild { get; }

        /// <summary>All in the project and its packages, without those of Unity's installation.</summary>
        public static IEnumerable<ProjectLibrary> All()
        {
            var editor = EditorUserBuildSettings.activeScriptCompilationDefines ?? Array.Empty<string>();
            var build = editor.Where(define => !define.StartsWith("UNITY_EDITOR", StringComparison.Ordinal)).ToArray();
            var target = EditorUserBuildSettings.activeBuildTarget;
            return PluginImporter.GetAllImporters()
                .Where(IsManagedDll)
                .Select(importer => new ProjectLibrary(
                    importer.assetPath,
                    IsOnInEditor(importer) && Fits(importer, editor),
                    IsOnFor(importer, target) && Fits(importer, build)));
        }

        private static bool IsManagedDll(PluginImporter importer) =>
            !importer.isNativePlugin
            && importer.assetPath.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            && (importer.assetPath.StartsWith("Assets/", StringComparison.Ordinal)
                || importer.assetPath.StartsWith("Packages/", StringComparison.Ordinal));

        private static bool IsOnInEditor(PluginImporter importer) => importer.GetCompatibleWithAnyPlatform()
            ? !importer.GetExcludeEditorFromAnyPlatform()
            : importer.GetCompatibleWithEditor();

        private static bool IsOnFor(PluginImporter importer, BuildTarget target) => importer.GetCompatibleWithAnyPlatform()
            ? !importer.GetExcludeFromAnyPlatform(target)
            : importer.GetCompatibleWithPlatform(target);

        private static bool Fits(PluginImporter importer, string[] defines) =>
            CompilationPipeline.IsDefineConstraintsCompatible(defines, importer.DefineConstraints);
    }
}
