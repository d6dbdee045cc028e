using System;
using System.Collections.Generic;
using System.Text;

namespace FrameBridge
{
    /// <summary>
    /// Finds names of actions in a reply that comes in pieces: "[wave]" or "*wave*". Only names from the list count, so
    /// that brackets and asterisks of another meaning are left alone. One thread.
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

        /// <summary>Goes on through <paramref name="text"/> from <paramref name="at"/>; the next action's name, or null at its end.</summary>
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
                _closing = '*'; // it may be the beginning of the next one: "**wave*"
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
