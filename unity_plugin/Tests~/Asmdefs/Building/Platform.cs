using System.Collections.Generic;
using System.Linq;

namespace FrameBridge.Asmdefs
{
    /// <summary>A player's platform: its name in an asmdef, and the symbols that Unity defines for it.</summary>
    internal sealed class Platform
    {
        /// <summary>The editor's name in an asmdef, for every build target.</summary>
        internal const string Editor = "Editor";

        internal static readonly IReadOnlyList<Platform> All = new[]
        {
            new Platform("WindowsStandalone64", "UNITY_STANDALONE", "UNITY_STANDALONE_WIN"),
            new Platform("macOSStandalone", "UNITY_STANDALONE", "UNITY_STANDALONE_OSX"),
            new Platform("LinuxStandalone64", "UNITY_STANDALONE", "UNITY_STANDALONE_LINUX"),
            new Platform("LinuxStandalone64", "UNITY_STANDALONE", "UNITY_STANDALONE_LINUX", "UNITY_SERVER"),
            new Platform("Android", "UNITY_ANDROID"),
            new Platform("iOS", "UNITY_IOS", "UNITY_IPHONE"),
            new Platform("tvOS", "UNITY_TVOS"),
            new Platform("VisionOS", "UNITY_VISIONOS"),
            new Platform("WSA", "UNITY_WSA", "UNITY_WSA_10_0"),
            new Platform("WebGL", "UNITY_WEBGL"),
        };

        internal static readonly IReadOnlySet<string> AllDefines = All.SelectMany(platform => platform._defines).ToHashSet();

        private readonly IReadOnlyList<string> _defines;

        private Platform(string name, params string[] defines)
        {
            Name = name;
            _defines = defines;
        }

        internal string Name { get; }

        internal bool Defines(string symbol) => _defines.Contains(symbol);
    }
}
