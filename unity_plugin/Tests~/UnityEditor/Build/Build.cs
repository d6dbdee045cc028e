using System;
using System.Collections.Generic;
using System.Linq;

namespace UnityEditor.Build
{
    public readonly struct NamedBuildTarget
    {
        public static readonly NamedBuildTarget Unknown = new NamedBuildTarget(string.Empty);
        public static readonly NamedBuildTarget Server = new NamedBuildTarget("Server");

        private NamedBuildTarget(string name) => TargetName = name;

        public string TargetName { get; }

        public static NamedBuildTarget FromBuildTargetGroup(BuildTargetGroup buildTargetGroup)
        {
            if (buildTargetGroup == BuildTargetGroup.Unknown)
            {
                return Unknown;
            }

            if (buildTargetGroup == BuildTargetGroup.LinuxHeadlessSimulation)
            {
                throw new ArgumentException($"There is no a valid NamedBuildTarget for BuildTargetGroup '{buildTargetGroup}'");
            }

            return new NamedBuildTarget(buildTargetGroup.ToString());
        }
    }

    public interface IOrderedCallback
    {
        int callbackOrder { get; }
    }

    public interface IPostprocessBuildWithReport : IOrderedCallback
    {
        void OnPostprocessBuild(Reporting.BuildReport report);
    }
}

namespace UnityEditor.Build.Reporting
{
    public class BuildReport
    {
        public BuildSummary summary { get; set; }
    }

    public struct BuildSummary
    {
        public BuildTarget platform { get; set; }

        public string outputPath { get; set; }
    }
}

namespace UnityEditor.Compilation
{
    public class Assembly
    {
        public Assembly(string name) => this.name = name;

        public string name { get; }
    }

    public static class CompilationPipeline
    {
        [Flags]
        public enum PrecompiledAssemblySources
        {
            UserAssembly = 1,
            UnityEngine = 2,
            UnityEditor = 4,
            SystemAssembly = 8,
            All = -1,
        }

        /// <summary>The assemblies that the stubbed project compiles, and where their .asmdef lies.</summary>
        public static Dictionary<string, string> StubAssemblies { get; } = new Dictionary<string, string>();

        /// <summary>What the editor compiles with: as in Unity one path for each file name, so that doubles do not show.</summary>
        public static string[] GetPrecompiledAssemblyPaths(PrecompiledAssemblySources precompiledAssemblySources)
        {
            var byName = new Dictionary<string, string>();
            foreach (var importer in PluginImporter.GetAllImporters())
            {
                if ((precompiledAssemblySources & PrecompiledAssemblySources.UserAssembly) != 0 && importer.StubInEditor)
                {
                    byName[System.IO.Path.GetFileName(importer.assetPath)] = importer.assetPath;
                }
            }

            return byName.Values.ToArray();
        }

        public static string GetAssemblyDefinitionFilePathFromAssemblyName(string assemblyName) =>
            StubAssemblies.TryGetValue(assemblyName, out var path) ? path : null;

        /// <summary>Each constraint has to hold; one holds when any of its parts between "||" does; "!" turns a part around.</summary>
        public static bool IsDefineConstraintsCompatible(string[] defines, string[] defineConstraints) =>
            defineConstraints == null || defineConstraints.All(constraint =>
                constraint.Split(new[] { "||" }, StringSplitOptions.None).Select(part => part.Trim()).Any(part =>
                    part.StartsWith("!") ? !defines.Contains(part.Substring(1).Trim()) : defines.Contains(part)));

        public static Assembly[] GetAssemblies() => StubAssemblies.Keys.Select(name => new Assembly(name)).ToArray();
    }
}
