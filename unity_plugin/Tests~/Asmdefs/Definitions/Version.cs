using System;
using System.Linq;
using System.Text.RegularExpressions;

namespace FrameBridge.Asmdefs
{
    /// <summary>A version of a package or of Unity, ordered by its numbers. Suffixes are ignored.</summary>
    internal sealed class Version : IComparable<Version>
    {
        private static readonly Regex Form = new Regex(@"^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?([-+abfp].*)?$");

        private readonly int[] _numbers;
        private readonly string _text;

        private Version(string text, int[] numbers)
        {
            _text = text;
            _numbers = numbers;
        }

        internal static bool TryParse(string text, out Version version)
        {
            Match match = Form.Match(text.Trim());
            version = match.Success
                ? new Version(text.Trim(), Enumerable.Range(1, 4).Select(i => match.Groups[i].Success ? int.Parse(match.Groups[i].Value) : 0).ToArray())
                : null;
            return match.Success;
        }

        internal static Version Parse(string text) =>
            TryParse(text, out Version version) ? version : throw new LaneException($"\"{text}\" is not a version");

        public int CompareTo(Version other) =>
            Enumerable.Range(0, 4).Select(i => _numbers[i].CompareTo(other._numbers[i])).FirstOrDefault(order => order != 0);

        public override string ToString() => _text;
    }
}
