using System;

namespace FrameBridge
{
    /// <summary>A position in a text that is being read. Errors say the line and the column.</summary>
    internal sealed class TextCursor
    {
        public const char End = '\0';
        private readonly string _text;

        public TextCursor(string text)
        {
            _text = text;
        }

        /// <summary>The position of the next character.</summary>
        public int At { get; private set; }

        public bool IsAtEnd => At >= _text.Length;

        /// <summary>The next character, or <see cref="End"/>.</summary>
        public char Next => Ahead(0);

        public char Ahead(int count) => At + count < _text.Length ? _text[At + count] : End;

        public bool StartsWith(string text) => string.CompareOrdinal(_text, At, text, 0, text.Length) == 0;

        public void Skip(int count = 1) => At = Math.Min(_text.Length, At + count);

        /// <summary>Takes the next character; it has to be this one.</summary>
        public void Expect(char letter)
        {
            if (IsAtEnd || Next != letter)
            {
                throw Wrong($"expected '{letter}'");
            }

            Skip();
        }

        /// <summary>Takes a text if it comes next.</summary>
        public bool TryTake(string text)
        {
            var comes = StartsWith(text);
            Skip(comes ? text.Length : 0);
            return comes;
        }

        /// <summary>Takes characters while they are accepted.</summary>
        public string TakeWhile(Func<char, bool> accepts)
        {
            var from = At;
            while (!IsAtEnd && accepts(Next))
            {
                At++;
            }

            return _text.Substring(from, At - from);
        }

        public FormatException Wrong(string what)
        {
            var line = 1;
            var start = 0;
            for (var i = 0; i < At; i++)
            {
                if (_text[i] == '\n')
                {
                    line++;
                    start = i + 1;
                }
            }

            return new FormatException($"{what} (at line {line}, column {At - start + 1})");
        }
    }
}
