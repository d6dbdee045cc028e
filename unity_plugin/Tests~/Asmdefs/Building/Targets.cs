using System;
using System.Collections.Generic;
using System.Linq;

namespace FrameBridge.Asmdefs
{
    /// <summary>All builds that differ in these symbols.</summary>
    internal static class Targets
    {
        // The oldest supported Unity and the newest line; versions in between follow from the symbols that name them.
        private static readonly string[] Versions = { "2022.3", "6000.0" };

        internal static IEnumerable<Target> For(IReadOnlyCollection<string> symbols)
        {
            string[] hosts = symbols.Any(Target.Hosts.Contains) ? Target.Hosts.ToArray() : new[] { Target.Hosts[0] };
            List<IReadOnlySet<string>> switches = Subsets(symbols.Where(Target.Switchable.Contains).ToList()).ToList();
            return
                from unity in VersionsFor(symbols)
                from platform in Platform.All
                from isEditor in new[] { true, false }
                from host in isEditor ? hosts : hosts.Take(1)
                from withTests in new[] { true, false }
                from turnedOn in switches
                select new Target(isEditor, host, platform, unity, withTests, turnedOn);
        }

        internal static IEnumerable<IReadOnlySet<string>> Subsets(IReadOnlyList<string> symbols) =>
            Enumerable.Range(0, 1 << symbols.Count)
                .Select(bits => symbols.Where((_, i) => (bits & (1 << i)) != 0).ToHashSet());

        /// <summary>Before and from each version that a symbol asks for.</summary>
        private static IEnumerable<Version> VersionsFor(IEnumerable<string> symbols)
        {
            Version oldest = Version.Parse(Versions[0]);
            return symbols.Select(Target.Asked)
                .Concat(Versions.Select(Version.Parse))
                .Where(version => version != null && version.CompareTo(oldest) >= 0)
                .GroupBy(version => version.ToString())
                .Select(same => same.First())
                .OrderBy(version => version);
        }

    }
}
