using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace FrameBridge.Asmdefs
{
    /// <summary>An .asmdef file, with the sources that belong to it.</summary>
    internal sealed class AssemblyDefinition
    {
        internal const string TestDefine = "UNITY_INCLUDE_TESTS";

        private static readonly HashSet<string> Fields = new HashSet<string>
        {
            "name", "rootNamespace", "references", "includePlatforms", "excludePlatforms", "allowUnsafeCode",
            "overrideReferences", "precompiledReferences", "autoReferenced", "defineConstraints", "versionDefines",
            "noEngineReferences", "optionalUnityReferences",
        };

        private readonly JsonElement _json;

        internal AssemblyDefinition(string path, AssetFolder folder)
        {
            Path = path;
            _json = Json.Read(path);
            Name = _json.TryGetProperty("name", out JsonElement name) ? name.GetString() : null;
            Guid = GuidOf(path + ".meta");
            IncludePlatforms = Texts("includePlatforms");
            ExcludePlatforms = Texts("excludePlatforms");
            Check();
            bool legacyTests = Texts("optionalUnityReferences").Count > 0; // implies the four fields below
            string[] runners = { "UnityEngine.TestRunner", "UnityEditor.TestRunner" };
            References = Texts("references").Concat(legacyTests ? runners : new string[0]).ToList();
            string[] nunit = { "nunit.framework.dll" };
            string[] constraint = { TestDefine };
            PrecompiledReferences = Texts("precompiledReferences").Concat(legacyTests ? nunit : new string[0]).ToList();
            Constraints = Texts("defineConstraints")
                .Concat(legacyTests ? constraint : new string[0])
                .Select(text => new Constraint(text))
                .ToList();
            OverrideReferences = legacyTests || Flag("overrideReferences");
            AllowUnsafeCode = Flag("allowUnsafeCode");
            NoEngineReferences = Flag("noEngineReferences");
            VersionDefines = Items("versionDefines").Select(item => new VersionDefine(path, item)).ToList();
            Sources = SourceFile.Under(folder).ToList();
            string all = string.Join("\n", Sources.Select(source => source.Checksum).Prepend(_json.ToString()));
            Content = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all)));
            Symbols = Sources.SelectMany(source => source.Symbols)
                .Concat(Constraints.SelectMany(constraint => constraint.Symbols))
                .Concat(VersionDefines.Select(version => version.Define))
                .Distinct()
                .OrderBy(symbol => symbol, StringComparer.Ordinal)
                .ToList();
        }

        internal string Path { get; }

        internal string Name { get; }

        /// <summary>Names, or "GUID:" and the GUID of the .asmdef file.</summary>
        internal IReadOnlyList<string> References { get; }

        internal IReadOnlyList<string> PrecompiledReferences { get; }

        internal IReadOnlyList<string> IncludePlatforms { get; }

        internal IReadOnlyList<string> ExcludePlatforms { get; }

        internal IReadOnlyList<Constraint> Constraints { get; }

        internal IReadOnlyList<VersionDefine> VersionDefines { get; }

        internal bool OverrideReferences { get; }

        internal bool AllowUnsafeCode { get; }

        internal bool NoEngineReferences { get; }

        internal IReadOnlyList<SourceFile> Sources { get; }

        /// <summary>A key of its content: equal for copies.</summary>
        internal string Content { get; }

        /// <summary>For Unity's test runner: compiled in a player only for a run of tests.</summary>
        internal bool IsTest => Constraints.Any(constraint => constraint.Text == TestDefine);

        /// <summary>Whether it is for the editor only: such an assembly may use editor-only assemblies.</summary>
        internal bool IsEditorOnly => IncludePlatforms.Count == 1 && IncludePlatforms[0] == Platform.Editor;

        /// <summary>Every symbol that affects the compilation.</summary>
        internal IReadOnlyList<string> Symbols { get; }

        /// <summary>The GUID by which others may refer to it; null without a .meta file.</summary>
        internal string Guid { get; }

        /// <summary>Whether Unity compiles it for this platform's player, or for the editor.</summary>
        internal bool IsFor(string platform) =>
            IncludePlatforms.Count > 0 ? IncludePlatforms.Contains(platform) : !ExcludePlatforms.Contains(platform);

        private static string GuidOf(string meta)
        {
            string line = File.Exists(meta) ? File.ReadLines(meta).FirstOrDefault(text => text.StartsWith("guid: ")) : null;
            return line?.Substring("guid: ".Length).Trim();
        }

        private void Check()
        {
            string unknown = _json.EnumerateObject().Select(field => field.Name).FirstOrDefault(name => !Fields.Contains(name));
            if (unknown != null)
            {
                throw new LaneException($"{Path}: Unity knows no field \"{unknown}\" of an asmdef");
            }

            if (string.IsNullOrEmpty(Name))
            {
                throw new LaneException($"{Path}: the required field \"name\" is not set");
            }

            if (IncludePlatforms.Count > 0 && ExcludePlatforms.Count > 0)
            {
                throw new LaneException($"{Path}: both includePlatforms and excludePlatforms are set");
            }
        }

        private IReadOnlyList<string> Texts(string field) => Items(field).Select(item => item.GetString()).ToList();

        private IEnumerable<JsonElement> Items(string field) =>
            _json.TryGetProperty(field, out JsonElement items) ? items.EnumerateArray() : Enumerable.Empty<JsonElement>();

        private bool Flag(string field) => _json.TryGetProperty(field, out JsonElement flag) && flag.GetBoolean();
    }
}
