using System.Text.Json;

namespace FrameBridge.Asmdefs
{
    /// <summary>A symbol that Unity defines for one assembly if a package is installed in a matching version.</summary>
    internal sealed class VersionDefine
    {
        private readonly VersionRange _range;

        internal VersionDefine(string path, JsonElement json)
        {
            try
            {
                Package = json.GetProperty("name").GetString();
                Define = json.GetProperty("define").GetString();
                _range = new VersionRange(json.TryGetProperty("expression", out JsonElement text) ? text.GetString() : string.Empty);
            }
            catch (System.Exception error) when (!(error is LaneException))
            {
                throw new LaneException($"{path}: a version define has a name, an expression and a define");
            }
        }

        /// <summary>The package; "Unity" stands for the editor itself.</summary>
        internal string Package { get; }

        internal string Define { get; }

        /// <summary>Whether it is set for this version of the package; null if the package is not installed.</summary>
        internal bool IsSet(Version version) => version != null && _range.Holds(version);
    }
}
