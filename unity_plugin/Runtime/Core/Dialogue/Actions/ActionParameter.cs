using System;

namespace FrameBridge
{
    /// <summary>
    /// Parameters of actions, for <see cref="ActionHandlers"/>: each reads one argument as its type, without reflection.
    /// </summary>
    public static class ActionParameter
    {
        /// <summary>A text.</summary>
        public static ActionParameter<string> Text(string name, string otherwise = "") =>
            new ActionParameter<string>(name, arguments => arguments.GetText(name, otherwise));

        /// <summary>A whole number.</summary>
        public static ActionParameter<int> Int(string name, int otherwise = 0) =>
            new ActionParameter<int>(name, arguments => arguments.GetInt(name, otherwise));

        /// <summary>A number.</summary>
        public static ActionParameter<double> Number(string name, double otherwise = 0) =>
            new ActionParameter<double>(name, arguments => arguments.GetNumber(name, otherwise));

        /// <summary>Yes or no.</summary>
        public static ActionParameter<bool> Bool(string name, bool otherwise = false) =>
            new ActionParameter<bool>(name, arguments => arguments.GetBool(name, otherwise));

        /// <summary>
        /// A value of the game's for each choice of the schema: `Choice("part", Part.None, ("servo motor", Part.Servo), ...)`.
        /// </summary>
        public static ActionParameter<T> Choice<T>(string name, T otherwise, params (string Text, T Value)[] choices)
        {
            if (choices == null)
            {
                throw new ArgumentNullException(nameof(choices));
            }

            var texts = Array.ConvertAll(choices, choice => choice.Text);
            return new ActionParameter<T>(name, arguments =>
            {
                var chosen = arguments.GetChoice(name, texts);
                return chosen < 0 ? otherwise : choices[chosen].Value;
            });
        }

        /// <summary>Several arguments, or a nested one, as a type of the game's.</summary>
        public static ActionParameter<T> Of<T>(Func<ActionArguments, T> read) => new ActionParameter<T>(string.Empty, read);
    }
}
