using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace FrameBridge.Editor
{
    /// <summary>The foreign DLLs that FrameBridge.Grpc needs, and where the project has them.</summary>
    internal sealed class Libraries
    {
        /// <summary>File names without ".dll", and the NuGet package that brings each.</summary>
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

        private readonly ILookup<string, string> _places;

        /// <summary>Takes the paths of all DLLs of the project.</summary>
        public Libraries(IEnumerable<string> paths)
        {
            _places = paths
                .Select(path => path.Replace('\\', '/'))
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .ToLookup(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase);
        }

        /// <summary>Those that are nowhere.</summary>
        public IReadOnlyList<string> Missing => Needed.Where(name => !_places[name].Any()).ToList();

        /// <summary>Those that are there more than once.</summary>
        public IReadOnlyList<string> Doubled => Needed.Where(name => _places[name].Skip(1).Any()).ToList();

        /// <summary>Whether each is there exactly once.</summary>
        public bool Complete => Missing.Count == 0 && Doubled.Count == 0;

        /// <summary>Where the DLL of this name lies.</summary>
        public IReadOnlyList<string> PlacesOf(string name) => _places[name].ToList();
    }
}
