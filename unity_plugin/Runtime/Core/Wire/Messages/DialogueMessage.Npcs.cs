using System;
using System.Text;

namespace FrameBridge
{
    /// <summary>What messages have since there are NPCs.</summary>
    internal sealed partial class DialogueMessage
    {
        public int Start; // of a sentence, in code points
        public int Stop;
        public NpcEmotion Emotion;
        public float Intensity;
        public SentenceTrace SentenceTrace;
        public string CallId = string.Empty;
        public string Arguments = string.Empty;
        public long TimeoutMicros;
        public ActionEnding Ending;
        public TurnTrace Trace;
        public Moderated Moderation;

        private void BeginNpc()
        {
            Start = 0;
            Stop = 0;
            Emotion = NpcEmotion.Unknown;
            Intensity = 0f;
            SentenceTrace = null;
            CallId = string.Empty;
            Arguments = string.Empty;
            TimeoutMicros = 0;
            Ending = ActionEnding.None;
            Trace = null;
            Moderation = null;
        }

        private bool ReadSentence(ref WireReader reader)
        {
            switch (reader.Field << 3 | reader.Kind)
            {
                case 1 << 3 | WireKind.Bytes: Text = Encoding.UTF8.GetString(reader.Bytes()); break;
                case 2 << 3 | WireKind.Varint: Number = reader.Int32(); break;
                case 3 << 3 | WireKind.Varint: Start = reader.Int32(); break;
                case 4 << 3 | WireKind.Varint: Stop = reader.Int32(); break;
                case 5 << 3 | WireKind.Varint: Emotion = (NpcEmotion)reader.Int32(); break;
                case 6 << 3 | WireKind.Fixed32: Intensity = reader.Single(); break;
                case 7 << 3 | WireKind.Bytes:
                    SentenceTrace = SentenceTrace ?? new SentenceTrace();
                    return SentenceTrace.Read(reader.Bytes(), _tokens);
                default: reader.Skip(); break;
            }

            return true;
        }

        private void ReadAction(ref WireReader reader)
        {
            switch (reader.Field << 3 | reader.Kind)
            {
                case 1 << 3 | WireKind.Bytes: CallId = Encoding.UTF8.GetString(reader.Bytes()); break;
                case 2 << 3 | WireKind.Bytes: Text = _names.Get(reader.Bytes()); break;
                case 3 << 3 | WireKind.Bytes: Arguments = Encoding.UTF8.GetString(reader.Bytes()); break;
                case 4 << 3 | WireKind.Varint: TimeoutMicros = reader.Int64(); break;
                default: reader.Skip(); break;
            }
        }

        private void ReadActionEnded(ref WireReader reader)
        {
            switch (reader.Field << 3 | reader.Kind)
            {
                case 1 << 3 | WireKind.Bytes: CallId = Encoding.UTF8.GetString(reader.Bytes()); break;
                case 2 << 3 | WireKind.Varint: Ending = (ActionEnding)reader.Int32(); break;
                default: reader.Skip(); break;
            }
        }
    }
}
