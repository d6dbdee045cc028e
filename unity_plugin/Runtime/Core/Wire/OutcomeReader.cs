using System;

namespace FrameBridge
{
    /// <summary>
    /// Parses the contract's Outcome. The server's message is kept for errors, and for models (always the same text):
    /// refused and missed frames are normal in a busy game, and must not allocate a string each. Rare outcomes, such as
    /// the end of a turn, always keep it.
    /// </summary>
    internal static class OutcomeReader
    {
        public static bool Read(ReadOnlySpan<byte> bytes, ref Outcome outcome, NameTable names, bool keep = false)
        {
            var error = default(ErrorDetailMessage);
            var reader = new WireReader(bytes);
            var whole = true;
            while (whole && reader.Next())
            {
                if (reader.Is(1, WireKind.Varint))
                {
                    outcome.Disposition = (Disposition)reader.Int32();
                }
                else if (reader.Is(2, WireKind.Bytes))
                {
                    whole = error.Read(reader.Bytes());
                }
                else if (reader.Is(3, WireKind.Varint))
                {
                    outcome.Stage = (Stage)reader.Int32();
                }
                else if (reader.Is(4, WireKind.Varint))
                {
                    outcome.OverMicros = reader.Int64();
                }
                else if (reader.Is(5, WireKind.Bytes))
                {
                    whole = TimingReader.Read(reader.Bytes(), ref outcome.Timing, names);
                }
                else if (reader.Is(6, WireKind.Bytes))
                {
                    outcome.BlockedBy = names.Get(reader.Bytes());
                }
                else
                {
                    reader.Skip();
                }
            }

            Take(error, ref outcome, names, keep);
            return whole && !reader.Failed;
        }

        private static void Take(in ErrorDetailMessage error, ref Outcome outcome, NameTable names, bool keep)
        {
            outcome.Reason = error.Reason;
            outcome.Retryable = error.Retryable;
            outcome.RetryAfterMicros = error.RetryAfterMicros;
            outcome.Message = SentenceOf(outcome, error, names, keep);
        }

        private static string SentenceOf(in Outcome outcome, in ErrorDetailMessage error, NameTable names, bool keep)
        {
            if (IsWrong(outcome.Disposition) || (keep && error.HasMessage))
            {
                return error.Message;
            }

            return outcome.Reason == ErrorReason.UnknownModel && error.HasMessage ? error.MessageOf(names) : Sentence(outcome);
        }

        private static bool IsWrong(Disposition disposition) =>
            disposition == Disposition.Invalid || disposition == Disposition.Failed || disposition == Disposition.Unspecified;

        private static string Sentence(in Outcome outcome)
        {
            switch (outcome.Disposition)
            {
                case Disposition.Refused: return Refusal(outcome.Reason);
                case Disposition.Missed: return "complete after its deadline; its payload was dropped";
                case Disposition.Superseded: return "replaced by a newer request";
                case Disposition.Cancelled: return "withdrawn";
                case Disposition.Unchanged: return "nothing has changed since the newest frame";
                default: return string.Empty;
            }
        }

        private static string Refusal(ErrorReason reason)
        {
            switch (reason)
            {
                case ErrorReason.UnknownModel: return "the server has not loaded the model that answers this; it may still be loading";
                case ErrorReason.Overloaded: return "the server's queue is full; ask less often";
                case ErrorReason.ShuttingDown: return "the server is shutting down";
                case ErrorReason.ModelFault: return "the server is short of memory; ask again in a second";
                default: return "refused early: it could not have been on time";
            }
        }
    }
}
