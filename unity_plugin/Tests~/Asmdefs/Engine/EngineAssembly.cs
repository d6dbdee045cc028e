using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace FrameBridge.Asmdefs
{
    /// <summary>One assembly that Unity brings, or a package of Unity's, and which types of the stub are its own.</summary>
    internal sealed class EngineAssembly
    {
        internal EngineAssembly(JsonElement json)
        {
            Name = json.GetProperty("name").GetString();
            Package = json.TryGetProperty("package", out JsonElement package) ? package.GetString() : null;
            MustBeReferenced = json.TryGetProperty("referenced", out _);
            IsEditorOnly = json.TryGetProperty("editor", out _);
            Namespaces = Texts(json, "namespaces");
            Types = Texts(json, "types");
        }

        internal string Name { get; }

        /// <summary>Without this package it is not there; null where it always is.</summary>
        internal string Package { get; }

        /// <summary>Whether an asmdef has to name it. Modules of the engine are seen by all.</summary>
        internal bool MustBeReferenced { get; }

        internal bool IsEditorOnly { get; }

        internal IReadOnlyList<string> Namespaces { get; }

        internal IReadOnlyList<string> Types { get; }

        private static IReadOnlyList<string> Texts(JsonElement json, string field) =>
            json.TryGetProperty(field, out JsonElement items) ? items.EnumerateArray().Select(item => item.GetString()).ToList() : new List<string>();
    }
}
