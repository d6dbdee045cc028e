using System;
using System.Globalization;

namespace FrameBridge.GameLoop
{
    /// <summary>The command line's options.</summary>
    internal sealed class Options
    {
        private readonly string[] _words;

        internal Options(string[] words)
        {
            _words = words;
        }

        internal string Address => _words[1];

        internal double Seconds => Number("--seconds", 10);

        internal int Avatars => (int)Number("--avatars", 8);

        internal int Characters => (int)Number("--characters", 0);

        internal int Cameras => (int)Number("--cameras", 0);

        internal float Rate => (float)Number("--rate", 30);

        internal int Frames => (int)Number("--frames", 600);

        internal int Turns => (int)Number("--turns", 3);

        internal int Samples => (int)Number("--samples", 600);

        /// <summary>Whether the game may use bundles.</summary>
        internal bool Bundles => Number("--bundles", 1) != 0;

        /// <summary>Whether textures may be compressed, as a player's would be.</summary>
        internal bool Compressed => Number("--compressed", 0) != 0;

        internal int Rounds => (int)Number("--rounds", 20);

        /// <summary>The file for the upload log.</summary>
        internal string Uploads => Text("--uploads") ?? throw new ArgumentException("give --uploads FILE");

        private double Number(string name, double otherwise)
        {
            string text = Text(name);
            return text == null ? otherwise : double.Parse(text, CultureInfo.InvariantCulture);
        }

        private string Text(string name)
        {
            int at = Array.IndexOf(_words, name);
            return at >= 0 && at + 1 < _words.Length ? _words[at + 1] : null;
        }
    }
}
