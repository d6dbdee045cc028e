namespace FrameBridge
{
    /// <summary>The contract counts characters as Unicode code points, C# counts halves of surrogate pairs.</summary>
    internal static class CodePoints
    {
        /// <summary>The code points of a text's first characters.</summary>
        public static int Count(string text, int length)
        {
            var count = length;
            for (var i = 1; i < length; i++)
            {
                count -= char.IsSurrogatePair(text[i - 1], text[i]) ? 1 : 0;
            }

            return count;
        }

        /// <summary>The index in the string of a code point; its length for one behind the end.</summary>
        public static int Index(string text, int codePoint)
        {
            var at = 0;
            for (; codePoint > 0 && at < text.Length; codePoint--)
            {
                at += at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
            }

            return at;
        }

        /// <summary>The index, or the one before, so that no pair is split.</summary>
        public static int Whole(string text, int index) =>
            index > 0 && index < text.Length && char.IsSurrogatePair(text[index - 1], text[index]) ? index - 1 : index;
    }
}
