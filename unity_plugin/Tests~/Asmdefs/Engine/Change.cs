using System.Text.Json;

namespace FrameBridge.Asmdefs
{
    /// <summary>A type or member that Unity has only since a version, or only until one that calls it obsolete.</summary>
    internal sealed class Change
    {
        private readonly Version _since;
        private readonly Version _until;

        internal Change(JsonElement json)
        {
            Name = json.GetProperty("name").GetString();
            _since = json.TryGetProperty("since", out JsonElement since) ? Version.Parse(since.GetString()) : null;
            _until = json.TryGetProperty("until", out JsonElement until) ? Version.Parse(until.GetString()) : null;
        }

        internal string Name { get; }

        internal Version At => _since ?? _until;

        internal bool IsThere(Version unity) =>
            (_since == null || unity.CompareTo(_since) >= 0) && (_until == null || unity.CompareTo(_until) < 0);
    }
}
