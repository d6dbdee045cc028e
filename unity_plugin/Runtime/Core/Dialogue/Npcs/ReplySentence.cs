namespace FrameBridge
{
    /// <summary>A complete sentence of a reply.</summary>
    public sealed class ReplySentence
    {
        /// <summary>Makes a sentence that no server sent: for games that speak by themselves.</summary>
        public ReplySentence(string text, NpcEmotion emotion = NpcEmotion.Unknown, float intensity = 0f)
        {
            Text = text ?? string.Empty;
            End = Text.Length;
            Emotion = emotion;
            Intensity = intensity;
        }

        internal ReplySentence(DialogueMessage message, int start, int end)
        {
            Text = message.Text;
            Index = message.Number;
            Start = start;
            End = end;
            Emotion = message.Emotion;
            Intensity = message.Intensity;
            Trace = message.SentenceTrace;
        }

        /// <summary>The sentence, without surrounding space.</summary>
        public string Text { get; }

        /// <summary>Its number in the turn, from 0.</summary>
        public int Index { get; }

        /// <summary>
        /// Where it begins in the turn's text: an index into the string. 0, as is <see cref="End"/>, from servers before
        /// minor version 6.
        /// </summary>
        public int Start { get; }

        /// <summary>Where it ends: the index behind its last character.</summary>
        public int End { get; }

        /// <summary>The feeling that it shows; Unknown without an NPC.</summary>
        public NpcEmotion Emotion { get; }

        /// <summary>How strongly, from 0 to 1.</summary>
        public float Intensity { get; }

        /// <summary>Why it was said; null unless <see cref="Conversation.WantsTrace"/>.</summary>
        public SentenceTrace Trace { get; }
    }
}
