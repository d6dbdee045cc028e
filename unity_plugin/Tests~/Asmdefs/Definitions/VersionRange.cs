using System.Text.RegularExpressions;

namespace FrameBridge.Asmdefs
{
    /// <summary>
    /// The expression of a version define. Nothing: any version. "1.2": this or a newer one. "[1.2]": this one.
    /// "[1.2,3.0)": from one to before the other, and either end may be open.
    /// </summary>
    internal sealed class VersionRange
    {
        private static readonly Regex Between = new Regex(@"^([\[(])\s*([^,\s\])]*)\s*(,)?\s*([^,\s\])]*)\s*([\])])$");

        private readonly Version _from;
        private readonly Version _to;
        private readonly bool _withFrom = true;
        private readonly bool _withTo = true;

        internal VersionRange(string expression)
        {
            string text = expression.Trim();
            Match match = Between.Match(text);
            if (match.Success)
            {
                _withFrom = match.Groups[1].Value == "[";
                _withTo = match.Groups[5].Value == "]";
                _from = End(match.Groups[2].Value);
                _to = match.Groups[3].Success ? End(match.Groups[4].Value) : _from;
            }
            else if (text.Length > 0)
            {
                _from = Version.Parse(text);
            }
        }

        internal bool Holds(Version version)
        {
            int fromHere = _from == null ? 1 : version.CompareTo(_from);
            int toHere = _to == null ? -1 : version.CompareTo(_to);
            return (fromHere > 0 || (_withFrom && fromHere == 0)) && (toHere < 0 || (_withTo && toHere == 0));
        }

        private static Version End(string text) => text.Length == 0 ? null : Version.Parse(text);
    }
}
