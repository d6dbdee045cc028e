using System;

namespace FrameBridge
{
    /// <summary>
    /// What a reply must look like: of the tokens that may come next only those are sampled that fit. Its end is where
    /// nothing can follow. A reply that reaches its length limit before is cut short; its finish is Length. Needs a server
    /// of minor version 5; models at an endpoint, or of transformers, keep to none. Immutable.
    /// </summary>
    public sealed class ReplyForm
    {
        private ReplyForm(int field, string text)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                throw new ArgumentException("the form is empty; give a JSON schema, a regular expression or a Lark grammar", nameof(text));
            }

            Field = field;
            Text = text;
        }

        /// <summary>The contract's field.</summary>
        internal int Field { get; }

        internal string Text { get; }

        /// <summary>
        /// JSON by a schema, given as JSON. The reply has no line breaks, and one space after commas and colons. Throws
        /// <see cref="ArgumentException"/> for empty text.
        /// </summary>
        public static ReplyForm JsonSchema(string schema) => new ReplyForm(1, schema);

        /// <summary>
        /// A regular expression that the whole reply matches, without look-around. Throws <see cref="ArgumentException"/>
        /// for empty text.
        /// </summary>
        public static ReplyForm Regex(string expression) => new ReplyForm(2, expression);

        /// <summary>
        /// A Lark grammar, as llguidance reads it. Throws <see cref="ArgumentException"/> for empty text.
        /// </summary>
        public static ReplyForm Lark(string grammar) => new ReplyForm(3, grammar);
    }
}
