using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace FrameBridge.Asmdefs
{
    /// <summary>One build that Unity may make of a project: for the editor or a player, in one version of Unity.</summary>
    internal sealed record Target(
        bool IsEditor, string Host, Platform Platform, Version Unity, bool WithTests, IReadOnlySet<string> Switches)
    {
        /// <summary>Symbols that a project's settings turn on or off independently.</summary>
        internal static readonly IReadOnlySet<string> Switchable = new HashSet<string>
        {
            "DEBUG", "DEVELOPMENT_BUILD", "ENABLE_IL2CPP", "ENABLE_INPUT_SYSTEM", "ENABLE_LEGACY_INPUT_MANAGER",
            "ENABLE_PROFILER", "UNITY_ASSERTIONS",
        };

        /// <summary>Where the editor itself runs.</summary>
        internal static readonly IReadOnlyList<string> Hosts = new[] { "UNITY_EDITOR_WIN", "UNITY_EDITOR_OSX", "UNITY_EDITOR_LINUX" };

        private static readonly IReadOnlySet<string> Always = new HashSet<string>
        {
            "CSHARP_7_3_OR_NEWER", "NETSTANDARD", "NETSTANDARD2_1", "NET_STANDARD", "NET_STANDARD_2_0", "NET_STANDARD_2_1", "TRACE", "UNITY_64",
        };

        private static readonly Regex UnityOrNewer = new Regex(@"^UNITY_(\d+)_(\d+)(?:_(\d+))?_OR_NEWER$");

        // Mono's .NET defines none of these. If Unity on CoreCLR does, they become a dimension here.
        private static readonly Regex ModernNet = new Regex(@"^(NET\d+_\d+(_OR_GREATER)?|NETCOREAPP.*|NETFRAMEWORK|NET_4_6|NET_UNITY_4_8)$");

        /// <summary>The version of Unity that a symbol asks for; null for any other symbol.</summary>
        internal static Version Asked(string symbol)
        {
            Match match = UnityOrNewer.Match(symbol);
            return match.Success ? Version.Parse(string.Join(".", match.Groups.Values.Skip(1).Where(group => group.Success))) : null;
        }

        /// <summary>Whether a symbol is defined; null if it is not one of Unity's.</summary>
        internal bool? Defines(string symbol)
        {
            Version asked = Asked(symbol);
            return symbol switch
            {
                "UNITY_EDITOR" => IsEditor,
                _ when Hosts.Contains(symbol) => IsEditor && Host == symbol,
                "DEVELOPMENT_BUILD" => !IsEditor && Switches.Contains(symbol),
                "ENABLE_MONO" => !Switches.Contains("ENABLE_IL2CPP"),
                AssemblyDefinition.TestDefine => WithTests,
                _ when Platform.AllDefines.Contains(symbol) => Platform.Defines(symbol),
                _ when Switchable.Contains(symbol) => Switches.Contains(symbol),
                _ when Always.Contains(symbol) => true,
                _ when ModernNet.IsMatch(symbol) => false,
                _ when asked != null => Unity.CompareTo(asked) >= 0,
                _ => null,
            };
        }

        public override string ToString() => $"Unity {Unity}, {(IsEditor ? "editor for " : string.Empty)}{Platform.Name}";
    }
}
