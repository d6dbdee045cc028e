using System;
using System.Collections.Generic;

namespace FrameBridge.Editor
{
    /// <summary>Whether each foreign DLL is present exactly once, and the define matches.</summary>
    internal sealed class LibraryCheck : QuickCheck
    {
        private const string HowToAdd =
            "Add them through the scoped registries or NuGetForUnity, as the package's README says.";

        private readonly Func<IEnumerable<ProjectLibrary>> _all;

        public LibraryCheck()
            : this(ProjectLibrary.All)
        {
        }

        public LibraryCheck(Func<IEnumerable<ProjectLibrary>> all)
        {
            _all = all;
        }

        public override IEnumerable<Finding> Examine()
        {
            var libraries = Look();
            foreach (var fault in FaultsOf(libraries, "Libraries", HowToAdd))
            {
                yield return fault;
            }

            if (libraries.Complete)
            {
                yield return Finding.Fine("Libraries", $"All {Libraries.Needed.Count} are present, each once.");
            }

            yield return DefineOf(libraries);
        }

        /// <summary>Sets the define if all are present, and removes it if not. Returns whether it changed.</summary>
        public bool Settle()
        {
            var complete = Look().Complete;
            if (complete ? GrpcDefine.OnEverywhere : !GrpcDefine.OnAnywhere)
            {
                return false;
            }

            Turn(complete);
            return true;
        }

        /// <summary>A finding for each DLL that is missing, switched off or doubled.</summary>
        internal static IEnumerable<Finding> FaultsOf(Libraries libraries, string title, string howToAdd)
        {
            if (libraries.Missing.Count > 0)
            {
                yield return Finding.Fault(title, $"Not in this project: {string.Join(", ", libraries.Missing)}.", howToAdd);
            }

            foreach (var name in libraries.SwitchedOff)
            {
                var where = libraries.IsInEditor(name) ? "builds for the active build target" : "the editor";
                yield return Finding.Fault(
                    title,
                    $"{name}.dll is switched off in {where}: {string.Join(" and ", libraries.PlacesOf(name))}.",
                    "In its import settings (Inspector of the DLL) tick Any Platform and remove its define constraints.");
            }

            foreach (var name in libraries.Doubled)
            {
                var places = libraries.PlacesOf(name);
                yield return Finding.Fault(
                    title,
                    $"{name}.dll is there {places.Count} times: {string.Join(" and ", places)}.",
                    "Keep one: remove the other, or in its import settings (Inspector of the DLL) switch off all platforms.");
            }
        }

        private Libraries Look() => new Libraries(_all(), Libraries.Needed);

        private static Finding DefineOf(Libraries libraries)
        {
            if (libraries.Complete && !GrpcDefine.OnEverywhere)
            {
                return Finding.Fault(
                    "gRPC layer",
                    $"It is not compiled: {GrpcDefine.Name} is not set for every build target.",
                    "Press the button; Unity then recompiles.",
                    "Turn on",
                    GrpcDefine.TurnOn);
            }

            if (!libraries.Complete && GrpcDefine.OnAnywhere)
            {
                return Finding.Fault(
                    "gRPC layer",
                    $"{GrpcDefine.Name} is set, but the libraries are not in order, so it cannot be compiled.",
                    "Fix the libraries; until then press the button, so that the rest compiles.",
                    "Turn off",
                    GrpcDefine.TurnOff);
            }

            return libraries.Complete
                ? Finding.Fine("gRPC layer", $"{GrpcDefine.Name} is set for every build target.")
                : Finding.Note("gRPC layer", "It is off, and components show their fallbacks.", "Fix the libraries.");
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
