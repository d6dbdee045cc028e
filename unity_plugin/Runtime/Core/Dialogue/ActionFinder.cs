using System;
using System.Collections.Generic;
using System.Text;

namespace FrameBridge
{
    /// <summary>
    /// Finds action names in a streamed reply: "[wave]" or "*wave*". Only names from the list count, so that other
    /// brackets and asterisks are left alone. One thread.
    /// </summary>
    internal sealed class ActionFinder
    {
        public const int MaxActions = 64;
        private const int LongestName = 64;
        private readonly IReadOnlyList<string> _actions;
        private readonly StringBuilder _name = new StringBuilder();
        private char _closing;

        public ActionFinder(IReadOnlyList<string> actions)
        {
            _actions = actions;
        }

        /// <summary>
        /// Scans <paramref name="text"/> from <paramref name="at"/>; returns the next action's name, or null at the
        /// end.
        /// </summary>
        public string Next(string text, ref int at)
        {
            while (at < text.Length)
            {
                var found = Take(text[at++]);
                if (found != null)
                {
                    return found;
                }
            }

            return null;
        }

        private string Take(char letter)
        {
            if (_closing == '\0')
            {
                _closing = letter == '[' ? ']' : letter == '*' ? '*' : '\0';
                return null;
            }

            if (letter != _closing)
            {
                _name.Append(letter);
                if (_name.Length > LongestName)
                {
                    Forget();
                }

                return null;
            }

            var found = Known(_name.ToString().Trim());
            Forget();
            if (found == null && letter == '*')
            {
                _closing = '*'; // perhaps the start of the next one: "**wave*"
            }

            return found;
        }

        private string Known(string name)
        {
            for (var i = 0; i < _actions.Count; i++)
            {
                if (string.Equals(_actions[i], name, StringComparison.OrdinalIgnoreCase))
                {
                    return _actions[i];
                }
            }

            return null;
        }

        private void Forget()
        {
            _name.Clear();
            _closing = '\0';
        }
    }
}
