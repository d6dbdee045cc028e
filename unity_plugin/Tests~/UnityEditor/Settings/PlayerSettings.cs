using System;
using System.Collections.Generic;
using UnityEditor.Build;
using UnityEngine;

namespace UnityEditor
{
    public enum BuildTargetGroup
    {
        Unknown = 0,
        Standalone = 1,
        [Obsolete("as in Unity: to be left out")]
        WebPlayer = 2,
        iOS = 4,
        Android = 7,
        WebGL = 13,
        tvOS = 25,
        LinuxHeadlessSimulation = 30, // as in Unity: listed, and FromBuildTargetGroup may refuse it
    }

    public enum BuildTarget
    {
        NoTarget = -2,
        StandaloneOSX = 2,
        StandaloneWindows64 = 19,
        iOS = 9,
        Android = 13,
        WebGL = 20,
        StandaloneLinux64 = 24,
        [Obsolete("as in Unity: to be left out")]
        BlackBerry = 28,
    }

    public static class EditorUserBuildSettings
    {
        public static BuildTarget activeBuildTarget { get; set; } = BuildTarget.StandaloneLinux64;

        public static string[] activeScriptCompilationDefines { get; set; } = { "UNITY_EDITOR", "UNITY_2022_3_OR_NEWER" };

        /// <summary>As in a new project on Linux.</summary>
        public static void StubReset()
        {
            activeBuildTarget = BuildTarget.StandaloneLinux64;
            activeScriptCompilationDefines = new[] { "UNITY_EDITOR", "UNITY_2022_3_OR_NEWER" };
        }
    }

    public static class PlayerSettings
    {
        private static readonly Dictionary<string, string> Symbols = new Dictionary<string, string>();

        public static bool runInBackground { get; set; }

        public static ColorSpace colorSpace { get; set; } = ColorSpace.Linear;

        /// <summary>How often symbols were written; Unity recompiles each time.</summary>
        public static int StubSymbolWrites { get; set; }

        public static string GetScriptingDefineSymbols(NamedBuildTarget buildTarget) =>
            Symbols.TryGetValue(buildTarget.TargetName, out var symbols) ? symbols : string.Empty;

        public static void SetScriptingDefineSymbols(NamedBuildTarget buildTarget, string defines)
        {
            if (buildTarget.TargetName.Length == 0)
            {
                Debug.LogError("PlayerSettings Validation: the build target group doesn't exist; #define symbols won't be added.");
                return;
            }

            Symbols[buildTarget.TargetName] = defines;
            StubSymbolWrites++;
        }

        /// <summary>As in a new project.</summary>
        public static void StubReset()
        {
            Symbols.Clear();
            StubSymbolWrites = 0;
            runInBackground = false;
            colorSpace = ColorSpace.Linear;
            Android.forceInternetPermission = false;
            iOS.cameraUsageDescription = string.Empty;
        }

        public static class Android
        {
            public static bool forceInternetPermission { get; set; }
        }

        public static class iOS
        {
            public static string cameraUsageDescription { get; set; } = string.Empty;
        }
    }
}
