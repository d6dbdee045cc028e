using System.Collections.Generic;
using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>The connection settings of this project.</summary>
    internal static class ProjectConnection
    {
        /// <summary>The project's settings asset, the first by path; null if none.</summary>
        public static BridgeSettings Settings
        {
            get
            {
                var found = AssetDatabase.FindAssets("t:BridgeSettings");
                return found.Length == 0
                    ? null
                    : AssetDatabase.LoadAssetAtPath<BridgeSettings>(AssetDatabase.GUIDToAssetPath(found[0]));
            }
        }

        /// <summary>The settings asset's options, or the defaults: a server on this machine.</summary>
        public static BridgeOptions Options()
        {
            var settings = Settings;
            if (settings != null)
            {
                return settings.ToOptions();
            }

            var defaults = ScriptableObject.CreateInstance<BridgeSettings>();
            try
            {
                return defaults.ToOptions();
            }
            finally
            {
                Object.DestroyImmediate(defaults);
            }
        }

        /// <summary>The formats that this machine would offer to a server, best first.</summary>
        public static IReadOnlyList<FrameFormat> Formats() => Options().Formats;

        /// <summary>Makes a settings asset and selects it.</summary>
        public static BridgeSettings Create()
        {
            var settings = ScriptableObject.CreateInstance<BridgeSettings>();
            AssetDatabase.CreateAsset(settings, AssetDatabase.GenerateUniqueAssetPath("Assets/FrameBridgeSettings.asset"));
            AssetDatabase.SaveAssets();
            Selection.activeObject = settings;
            return settings;
        }
    }
}
