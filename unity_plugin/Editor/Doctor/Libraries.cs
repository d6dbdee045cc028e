using System;
using System.Collections.Generic;
using System.Linq;

namespace FrameBridge.Editor
{
    /// <summary>The foreign DLLs that FrameBridge.Grpc needs, and where the project has them.</summary>
    internal sealed class Libraries
    {
        /// <summary>File names without ".dll", and the NuGet package of each.</summary>
        public static readonly IReadOnlyList<string> Needed = new[]
        {
            "Grpc.Core.Api",
            "Grpc.Net.Client",
            "Grpc.Net.Common",
            "Microsoft.Extensions.DependencyInjection.Abstractions",
            "Microsoft.Extensions.Logging.Abstractions",
            "System.Diagnostics.DiagnosticSource",
            "System.Runtime.CompilerServices.Unsafe",
        };

        /// <summary>What YetAnotherHttpHandler needs besides: its Unity package contains no DLLs.</summary>
        public static readonly IReadOnlyList<string> NeededByHandler = new[] { "System.IO.Pipelines" };

        private readonly IReadOnlyList<string> _needed;
        private readonly ILookup<string, ProjectLibrary> _found;

        /// <summary>Takes all DLLs of the project, and the names of the required ones.</summary>
        public Libraries(IEnumerable<ProjectLibrary> all, IReadOnlyList<string> needed)
        {
            _needed = needed;
            _found = all
                .GroupBy(each => each.Path, StringComparer.OrdinalIgnoreCase)
                .Select(spellings => spellings.First())
                .ToLookup(each => each.Name, StringComparer.OrdinalIgnoreCase);
        }

        /// <summary>The missing ones.</summary>
        public IReadOnlyList<string> Missing => _needed.Where(name => !_found[name].Any()).ToList();

        /// <summary>Those present, but switched off in the editor or for the active build target.</summary>
        public IReadOnlyList<string> SwitchedOff =>
            _needed.Where(name => _found[name].Any() && (!InEditor(name).Any() || !InBuild(name).Any())).ToList();

        /// <summary>
        /// Those with which the editor, or a build for the active build target, is compiled more than once. Two files
        /// of one name are allowed if they are for different platforms.
        /// </summary>
        public IReadOnlyList<string> Doubled =>
            _needed.Where(name => InEditor(name).Skip(1).Any() || InBuild(name).Skip(1).Any()).ToList();

        /// <summary>Whether each is present exactly once.</summary>
        public bool Complete => Missing.Count == 0 && SwitchedOff.Count == 0 && Doubled.Count == 0;

        /// <summary>Whether the editor itself is compiled with one of this name.</summary>
        public bool IsInEditor(string name) => InEditor(name).Any();

        /// <summary>The paths of the DLLs of this name; of a double only those in conflict.</summary>
        public IReadOnlyList<string> PlacesOf(string name)
        {
            var doubles = InEditor(name).Skip(1).Any() ? InEditor(name)
                : InBuild(name).Skip(1).Any() ? InBuild(name)
                : _found[name];
            return doubles.Select(each => each.Path).ToList();
        }

        private IEnumerable<ProjectLibrary> InEditor(string name) => _found[name].Where(each => each.InEditor);

        private IEnumerable<ProjectLibrary> InBuild(string name) => _found[name].Where(each => each.InBuild);
    }
}
