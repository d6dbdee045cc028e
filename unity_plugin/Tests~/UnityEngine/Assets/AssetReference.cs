using System.Globalization;

namespace UnityEngine.Stub
{
    /// <summary>`{fileID, guid, type}`: an object of this file, or of another one.</summary>
    internal readonly struct AssetReference
    {
        internal readonly long FileId;
        internal readonly string Guid;

        private AssetReference(long fileId, string guid)
        {
            FileId = fileId;
            Guid = guid;
        }

        internal bool IsNone => FileId == 0;

        /// <summary>Whether it is one of the same file.</summary>
        internal bool IsLocal => Guid.Length == 0;

        internal static bool Is(YamlNode node) => node is YamlMap map && map.Keys.Contains("fileID");

        /// <summary>What a node refers to; none for a node that is no reference.</summary>
        internal static AssetReference From(YamlNode node) => node is YamlMap map && Is(node)
            ? new AssetReference(long.Parse(map.TextOf("fileID"), CultureInfo.InvariantCulture), map.TextOf("guid"))
            : new AssetReference(0, string.Empty);

        internal static YamlMap To(long fileId)
        {
            var map = new YamlMap();
            map["fileID"] = new YamlScalar(fileId.ToString(CultureInfo.InvariantCulture));
            return map;
        }
    }
}
