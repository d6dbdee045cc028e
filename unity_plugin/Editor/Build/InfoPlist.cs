using System;
using System.Security;

namespace FrameBridge.Editor
{
    /// <summary>Adds a text to the Info.plist of an iOS build.</summary>
    internal static class InfoPlist
    {
        public const string LocalNetworkKey = "NSLocalNetworkUsageDescription";

        /// <summary>The file's text with the key added; unchanged if it has the key. FormatException: not a plist.</summary>
        public static string With(string plist, string key, string text)
        {
            if (plist.Contains($"<key>{key}</key>"))
            {
                return plist;
            }

            var end = plist.LastIndexOf("</dict>", StringComparison.Ordinal);
            if (end < 0)
            {
                throw new FormatException($"Info.plist has no </dict>, so {key} could not be added; add it by hand");
            }

            var entry = $"  <key>{key}</key>\n    <string>{SecurityElement.Escape(text)}</string>\n  ";
            return plist.Insert(end, entry);
        }
    }
}
