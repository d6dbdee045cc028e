using System;
using System.Collections.Generic;

namespace UnityEditor
{
    public enum SettingsScope
    {
        User,
        Project,
    }

    [AttributeUsage(AttributeTargets.Method)]
    public sealed class SettingsProviderAttribute : Attribute
    {
    }

    public class SettingsProvider
    {
        public SettingsProvider(string path, SettingsScope scopes, IEnumerable<string> keywords = null)
        {
            settingsPath = path;
            scope = scopes;
            this.keywords = keywords ?? Array.Empty<string>();
        }

        public string settingsPath { get; }

        public SettingsScope scope { get; }

        public string label { get; set; }

        public IEnumerable<string> keywords { get; set; }

        public Action<string> guiHandler { get; set; }
    }

    public static class SettingsService
    {
        /// <summary>The page that was opened last.</summary>
        public static string StubOpened { get; set; }

        public static EditorWindow OpenProjectSettings(string settingsPath = null)
        {
            StubOpened = settingsPath;
            return null;
        }
    }
}
