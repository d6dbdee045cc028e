using System;
using System.Collections.Generic;
using UnityEngine;

namespace UnityEditor
{
    /// <summary>Stored per user and machine.</summary>
    public static class EditorPrefs
    {
        private static readonly Dictionary<string, string> Values = new Dictionary<string, string>();

        public static string GetString(string key, string defaultValue) =>
            Values.TryGetValue(key, out var value) ? value : defaultValue;

        public static void SetString(string key, string value) => Values[key] = value;

        public static void DeleteKey(string key) => Values.Remove(key);
    }

    /// <summary>Kept until the editor quits, across domain reloads.</summary>
    public static class SessionState
    {
        private static readonly Dictionary<string, object> Values = new Dictionary<string, object>();

        public static string GetString(string key, string defaultValue) =>
            Values.TryGetValue(key, out var value) ? (string)value : defaultValue;

        public static void SetString(string key, string value) => Values[key] = value;

        public static void EraseString(string key) => Values.Remove(key);

        public static bool GetBool(string key, bool defaultValue) =>
            Values.TryGetValue(key, out var value) ? (bool)value : defaultValue;

        public static void SetBool(string key, bool value) => Values[key] = value;
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class FilePathAttribute : Attribute
    {
        public FilePathAttribute(string relativePath, Location location)
        {
        }

        public enum Location
        {
            PreferencesFolder,
            ProjectFolder,
        }
    }

    public class ScriptableSingleton<T> : ScriptableObject where T : ScriptableObject, new()
    {
        private static T s_instance;

        public static T instance => s_instance == null ? s_instance = CreateInstance<T>() : s_instance;

        /// <summary>How often it was saved.</summary>
        public int StubSaves { get; private set; }

        protected virtual void Save(bool saveAsText) => StubSaves++;
    }
}
