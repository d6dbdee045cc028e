using System;
using System.Collections.Generic;
using System.Linq;
using UnityEditor.Compilation;

namespace FrameBridge.Editor
{
    /// <summary>Whether each foreign DLL is there exactly once, and the define says the same.</summary>
    internal sealed class LibraryCheck : QuickCheck
    {
        private const string HowToAdd =
            "Add them through the scoped registries or NuGetForUnity: five lines each in the package's README.";

        private readonly Func<IEnumerable<string>> _paths;

        public LibraryCheck()
            : this(() => CompilationPipeline.GetPrecompiledAssemblyPaths(
                CompilationPipeline.PrecompiledAssemblySources.UserAssembly))
        {
        }

        public LibraryCheck(Func<IEnumerable<string>> paths)
        {
            _paths = paths;
        }

        public override IEnumerable<Finding> Examine()
        {
            var libraries = new Libraries(_paths());
            if (libraries.Missing.Count > 0)
            {
                yield return Finding.Fault(
                    "Libraries", $"Not in this project: {string.Join(", ", libraries.Missing)}.", HowToAdd);
            }

            foreach (var name in libraries.Doubled)
            {
                yield return Doubled(name, libraries.PlacesOf(name));
            }

            if (libraries.Complete)
            {
                yield return Finding.Fine("Libraries", $"All {Libraries.Needed.Count} are there, each once.");
            }

            yield return DefineOf(libraries);
        }

        /// <summary>Sets the define when all is there, and takes it away when not. Whether anything changed.</summary>
        public bool Settle()
        {
            var complete = new Libraries(_paths()).Complete;
            if (complete ? GrpcDefine.OnEverywhere : !GrpcDefine.OnAnywhere)
            {
                return false;
            }

            Turn(complete);
            return true;
        }

        private static Finding Doubled(string name, IReadOnlyList<string> places) => Finding.Fault(
            "Libraries",
            $"{name}.dll is there {places.Count} times: {string.Join(" and ", places)}.",
            "Keep one: remove the other, or in its import settings (Inspector of the DLL) switch off all platforms.");

        private static Finding DefineOf(Libraries libraries)
        {
            if (libraries.Complete && !GrpcDefine.OnEverywhere)
            {
                return Finding.Fault(
                    "gRPC layer",
                    $"It is not compiled: {GrpcDefine.Name} is not set for every build target.",
                    "Press the button; Unity then compiles anew.",
                    "Turn on",
                    GrpcDefine.TurnOn);
            }

            if (!libraries.Complete && GrpcDefine.OnAnywhere)
            {
                return Finding.Fault(
                    "gRPC layer",
                    $"{GrpcDefine.Name} is set, but the libraries are not in order, so it cannot be compiled.",
                    "Mend the libraries; until then press the button, so that the rest compiles.",
                    "Turn off",
                    GrpcDefine.TurnOff);
            }

            return libraries.Complete
                ? Finding.Fine("gRPC layer", $"{GrpcDefine.Name} is set for every build target.")
                : Finding.Note("gRPC layer", "It is off, and components show their fallbacks.", "Mend the libraries.");
        }

        private static void Turn(bool on)
        {
            if (on)
            {
                GrpcDefine.TurnOn();
            }
            else
            {
                GrpcDefine.TurnOff();
            }
        }
    }
}
