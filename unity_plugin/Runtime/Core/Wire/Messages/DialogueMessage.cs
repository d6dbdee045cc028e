using System;
using System.Collections.Generic;
using System.Text;

namespace FrameBridge
{
    /// <summary>A ConverseResponse, parsed into reused fields. One thread.</summary>
    internal sealed partial class DialogueMessage
    {
        /// <summary>The maximum number of listed conversations; a session has fewer.</summary>
        public const int MaxConversations = 1024;

        private readonly NameTable _names = new NameTable(256);
        private readonly NameTable _tokens = new NameTable(4096);

        public DialogueMessageKind Kind;
        public string Conversation = string.Empty;
        public long TurnId;
        public string Text = string.Empty;
        public bool Late;
        public int Number;
        public int Dropped;
        public string CutText = string.Empty;
        public TurnEnd End;
        public readonly List<string> Conversations = new List<string>();

        /// <summary>Parses a message; false if malformed.</summary>
        public bool Read(ReadOnlySpan<byte> bytes)
        {
            Begin(DialogueMessageKind.None);
            Conversation = string.Empty;
            TurnId = 0;
            var reader = new WireReader(bytes);
            var whole = true;
            while (whole && reader.Next())
            {
                if (reader.Is(1, WireKind.Bytes))
                {
                    Conversation = _names.Get(reader.Bytes());
                }
                else if (reader.Is(2, WireKind.Varint))
                {
                    TurnId = reader.Int64();
                }
                else if (reader.Kind == WireKind.Bytes && IsEvent(reader.Field))
                {
                    if (Kind != (DialogueMessageKind)reader.Field)
                    {
                        Begin((DialogueMessageKind)reader.Field);
                    }

                    whole = ReadInner(reader.Bytes());
                }
                else
                {
                    reader.Skip();
                }
            }

            return whole && !reader.Failed;
        }

        private static bool IsEvent(int field) =>
            (field >= (int)DialogueMessageKind.Opened && field <= (int)DialogueMessageKind.Done)
            || (field >= (int)DialogueMessageKind.HistoryCut && field <= (int)DialogueMessageKind.Trace);

        private void Begin(DialogueMessageKind kind)
        {
            Kind = kind;
            Text = string.Empty;
            Late = false;
            Number = 0;
            Dropped = 0;
            CutText = string.Empty;
            End = default;
            End.Timing = FrameTiming.Unknown;
            End.Outcome = Outcome.Unknown;
            Conversations.Clear();
            BeginNpc();
        }

        private bool ReadInner(ReadOnlySpan<byte> bytes)
        {
            if (Kind == DialogueMessageKind.Trace)
            {
                Trace = Trace ?? new TurnTrace();
                return Trace.Read(bytes);
            }

            var reader = new WireReader(bytes);
            var whole = true;
            while (whole && reader.Next())
            {
                switch (Kind)
                {
                    case DialogueMessageKind.Opened: ReadOpened(ref reader); break;
                    case DialogueMessageKind.Started: ReadStarted(ref reader); break;
                    case DialogueMessageKind.Token: ReadToken(ref reader); break;
                    case DialogueMessageKind.Sentence: whole = ReadSentence(ref reader); break;
                    case DialogueMessageKind.HistoryCut: ReadHistoryCut(ref reader); break;
                    case DialogueMessageKind.Action: ReadAction(ref reader); break;
                    case DialogueMessageKind.ActionEnded: ReadActionEnded(ref reader); break;
                    default: whole = ReadDone(ref reader); break;
                }
            }

            return whole && !reader.Failed;
        }

        private void ReadOpened(ref WireReader reader)
        {
            if (reader.Is(1, WireKind.Bytes))
            {
                var name = _names.Get(reader.Bytes());
                if (Conversations.Count < MaxConversations)
                {
                    Conversations.Add(name);
                }
            }
            else
            {
                reader.Skip();
            }
        }

        private void ReadStarted(ref WireReader reader)
        {
            if (reader.Is(1, WireKind.Varint))
            {
                Number = reader.Int32();
            }
            else
            {
                reader.Skip();
            }
        }

        private void ReadToken(ref WireReader reader)
        {
            if (reader.Is(1, WireKind.Bytes))
            {
                Text = _tokens.Get(reader.Bytes());
            }
            else if (reader.Is(2, WireKind.Varint))
            {
                Late = reader.Bool();
            }
            else
            {
                reader.Skip();
            }
        }

        private void ReadHistoryCut(ref WireReader reader)
        {
            if (reader.Is(1, WireKind.Varint))
            {
                Dropped = reader.Int32();
            }
            else if (reader.Is(2, WireKind.Varint))
            {
                Number = reader.Int32();
            }
            else
            {
                reader.Skip();
            }
        }

        private bool ReadDone(ref WireReader reader)
        {
            if (reader.Kind == WireKind.Varint)
            {
                ReadCount(ref reader);
                return true;
            }

            if (reader.Is(2, WireKind.Bytes))
            {
                Text = Encoding.UTF8.GetString(reader.Bytes());
                return true;
            }

            if (reader.Is(10, WireKind.Bytes))
            {
                CutText = Encoding.UTF8.GetString(reader.Bytes());
                return true;
            }

            if (reader.Is(8, WireKind.Bytes))
            {
                return TimingReader.Read(reader.Bytes(), ref End.Timing, _names);
            }

            if (reader.Is(9, WireKind.Bytes))
            {
                return OutcomeReader.Read(reader.Bytes(), ref End.Outcome, _names, keep: true);
            }

            if (reader.Is(13, WireKind.Bytes))
            {
                Moderation = Moderation ?? new Moderated();
                return Moderation.Read(reader.Bytes());
            }

            reader.Skip();
            return true;
        }

        private void ReadCount(ref WireReader reader)
        {
            switch (reader.Field)
            {
                case 1: End.Finish = (TurnFinish)reader.Int32(); break;
                case 3: End.PromptTokens = reader.Int32(); break;
                case 4: End.CachedTokens = reader.Int32(); break;
                case 5: End.ReplyTokens = reader.Int32(); break;
                case 6: End.LateCount = reader.Int32(); break;
                case 7: End.FirstTokenMicros = reader.Int64(); break;
                case 11: End.HistoryLineCount = reader.Int32(); break;
                case 12: End.PromptComputeMicros = reader.Int64(); break;
                default: reader.Skip(); break;
            }
        }
    }
}
