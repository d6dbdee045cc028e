using System;
using System.Collections.Generic;
using System.Linq;
using UnityEditor;
using UnityEditor.Compilation;

namespace FrameBridge.Editor
{
    /// <summary>Whether there is something that speaks HTTP/2 in Unity, on the platform that is built for.</summary>
    internal sealed class HandlerCheck : QuickCheck
    {
        private const string Name = "HTTP/2";
        private const string HandlerAssembly = "Cysharp.Net.Http.YetAnotherHttpHandler";

        private readonly Func<IEnumerable<string>> _assemblies;
        private readonly Func<IEnumerable<string>> _libraries;
        private readonly Func<BuildTarget> _target;

        public HandlerCheck()
            : this(
                () => CompilationPipeline.GetAssemblies().Select(assembly => assembly.name),
                () => CompilationPipeline.GetPrecompiledAssemblyPaths(
                    CompilationPipeline.PrecompiledAssemblySources.UserAssembly),
                () => EditorUserBuildSettings.activeBuildTarget)
        {
        }

        public HandlerCheck(
            Func<IEnumerable<string>> assemblies, Func<IEnumerable<string>> libraries, Func<BuildTarget> target)
        {
            _assemblies = assemblies;
            _libraries = libraries;
            _target = target;
        }

        public override IEnumerable<Finding> Examine()
        {
            if (_target() == BuildTarget.WebGL)
            {
                yield return Finding.Note(
                    Name,
                    "The build target is WebGL, where browsers give no HTTP/2 streams to C#.",
                    "Play recordings there (BridgeConnection's Recording); live streams need another platform.");
            }

            if (!_assemblies().Contains(HandlerAssembly))
            {
                yield return Finding.Fault(
                    Name,
                    "YetAnotherHttpHandler is not in this project, and Unity's own handler has no HTTP/2.",
                    "Add com.cysharp.yetanotherhttphandler 1.11.5 as the package's README says.");
            }
            else if (!_libraries().Any(path => path.EndsWith("System.IO.Pipelines.dll", StringComparison.OrdinalIgnoreCase)))
            {
                yield return Finding.Fault(
                    Name, "YetAnotherHttpHandler needs System.IO.Pipelines.dll.", "Add System.IO.Pipelines 10.0.12.");
            }
            else
            {
                yield return Finding.Fine(Name, "YetAnotherHttpHandler is there.");
            }
        }
    }
}
