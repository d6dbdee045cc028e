using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace FrameBridge.Asmdefs
{
    /// <summary>One assembly of Unity or of a Unity package, and its types in the stub.</summary>
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

        /// <summary>The package that it belongs to; null if it is always present.</summary>
        internal string Package { get; }

        /// <summary>Whether an asmdef has to name it. Engine modules are referenced by all.</summary>
        internal bool MustBeReferenced { get; }

        internal bool IsEditorOnly { get; }

        internal IReadOnlyList<string> Namespaces { get; }

        internal IReadOnlyList<string> Types { get; }

        private static IReadOnlyList<string> Texts(JsonElement json, string field) =>
            json.TryGetProperty(field, out JsonElement items) ? items.EnumerateArray().Select(item => item.GetString()).ToList() : new List<string>();
    }
}
