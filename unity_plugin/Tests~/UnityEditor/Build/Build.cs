using System;

namespace UnityEditor.Build
{
    public readonly struct NamedBuildTarget
    {
        public static readonly NamedBuildTarget Server = new NamedBuildTarget("Server");

        private NamedBuildTarget(string name) => TargetName = name;

        public string TargetName { get; }

        public static NamedBuildTarget FromBuildTargetGroup(BuildTargetGroup buildTargetGroup)
        {
            if (buildTargetGroup == BuildTargetGroup.Unknown || buildTargetGroup == BuildTargetGroup.LinuxHeadlessSimulation)
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

        /// <summary>The DLLs of the stubbed project.</summary>
        public static string[] StubDlls { get; set; } = Array.Empty<string>();

        /// <summary>The assemblies that the stubbed project compiles.</summary>
        public static string[] StubAssemblies { get; set; } = Array.Empty<string>();

        public static string[] GetPrecompiledAssemblyPaths(PrecompiledAssemblySources precompiledAssemblySources) =>
            (precompiledAssemblySources & PrecompiledAssemblySources.UserAssembly) != 0 ? StubDlls : Array.Empty<string>();

        public static Assembly[] GetAssemblies() => Array.ConvertAll(StubAssemblies, name => new Assembly(name));
    }
}
