using System;
using System.Text;

namespace FrameBridge
{
    /// <summary>
    /// Interns short strings that recur (rungs, labels, tokens). Bounded: once full, other texts are allocated each
    /// time. One thread.
    /// </summary>
    internal sealed class NameTable
    {
        private const int LongestBytes = 256;
        private readonly byte[][] _keys;
        private readonly string[] _names;
        private readonly int _most;
        private int _count;

        /// <summary>Makes a table of at most <paramref name="most"/> names.</summary>
        public NameTable(int most)
        {
            var size = 16;
            while (size < 2 * most)
            {
                size *= 2;
            }

            _keys = new byte[size][];
            _names = new string[size];
            _most = most;
        }

        /// <summary>The string of these bytes. Invalid UTF-8 becomes the replacement character.</summary>
        public string Get(ReadOnlySpan<byte> utf8)
        {
            if (utf8.IsEmpty)
            {
                return string.Empty;
            }

            if (utf8.Length > LongestBytes)
            {
                return Encoding.UTF8.GetString(utf8);
            }

            var place = Find(utf8);
            return _names[place] ?? Add(place, utf8);
        }

        private int Find(ReadOnlySpan<byte> utf8)
        {
            var hash = 2166136261u;
            foreach (var part in utf8)
            {
                hash = (hash ^ part) * 16777619u;
            }

            var place = (int)(hash & (uint)(_keys.Length - 1));
            while (_keys[place] != null && !utf8.SequenceEqual(_keys[place]))
            {
                place = (place + 1) & (_keys.Length - 1);
            }

            return place;
        }

        private string Add(int place, ReadOnlySpan<byte> utf8)
        {
            var name = Encoding.UTF8.GetString(utf8);
            if (_count < _most)
            {
                _count++;
                _keys[place] = utf8.ToArray();
                _names[place] = name;
            }

            return name;
        }
    }
}
