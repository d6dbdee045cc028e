namespace FrameBridge
{
    /// <summary>Writes the requests of a dialogue stream.</summary>
    internal static class DialogueRequests
    {
        public static void Open(WireWriter writer, string sessionId)
        {
            writer.Text(1, sessionId);
            writer.Close(1, 0);
        }

        public static void Say(
            WireWriter writer, string conversation, long turnId, string text, string persona, Sampling sampling, in Budget budget, long paceMicros)
        {
            writer.Number(7, paceMicros);
            BudgetWriter.Write(writer, 6, budget);
            if (sampling != null && sampling.IsSet)
            {
                Sampling(writer, 5, sampling);
            }

            writer.Text(4, persona);
            writer.Text(3, text);
            writer.Number(2, turnId);
            writer.Text(1, conversation);
            writer.Close(2, 0);
        }

        /// <summary>The same for a server of minor version 5; <paramref name="history"/> may be null.</summary>
        public static void Say(
            WireWriter writer,
            string conversation,
            long turnId,
            string text,
            string persona,
            Sampling sampling,
            in Budget budget,
            long paceMicros,
            ConversationLine[] history,
            bool wholeSentences)
        {
            writer.Number(10, wholeSentences ? 1 : 0);
            if (sampling != null && sampling.IsSet)
            {
                Changes(writer, 9, sampling);
            }

            if (history != null)
            {
                History(writer, 8, history);
            }

            Say(writer, conversation, turnId, text, persona, null, budget, paceMicros);
        }

        public static void Interrupt(WireWriter writer, string conversation, long turnId)
        {
            writer.Number(2, turnId);
            writer.Text(1, conversation);
            writer.Close(3, 0);
        }

        public static void Forget(WireWriter writer, string conversation)
        {
            writer.Text(1, conversation);
            writer.Close(4, 0);
        }

        /// <summary>Only what is set: the server knows its own defaults.</summary>
        private static void Changes(WireWriter writer, int field, Sampling sampling)
        {
            var mark = writer.Length;
            Stop(writer, sampling);
            writer.Number(5, sampling.MaxTokens);
            writer.Number(4, sampling.Seed);
            Present(writer, 3, sampling.RepetitionPenalty);
            Present(writer, 2, sampling.TopP);
            Present(writer, 1, sampling.Temperature);
            writer.Close(field, mark);
        }

        private static void Present(WireWriter writer, int field, float? value)
        {
            if (value.HasValue)
            {
                writer.SingleAlways(field, value.Value);
            }
        }

        private static void History(WireWriter writer, int field, ConversationLine[] lines)
        {
            var mark = writer.Length;
            for (var i = lines.Length - 1; i >= 0; i--)
            {
                var line = writer.Length;
                writer.TextAlways(lines[i].IsPlayer ? 1 : 2, lines[i].Text);
                writer.Close(1, line);
            }

            writer.Close(field, mark);
        }

        private static void Stop(WireWriter writer, Sampling sampling)
        {
            var stop = sampling.Stop;
            for (var i = (stop?.Count ?? 0) - 1; i >= 0; i--)
            {
                writer.TextAlways(6, stop[i]);
            }
        }

        private static void Sampling(WireWriter writer, int field, Sampling sampling)
        {
            var mark = writer.Length;
            Stop(writer, sampling);
            writer.Number(5, sampling.MaxTokens);
            writer.Number(4, sampling.Seed);
            writer.Single(3, sampling.RepetitionPenalty ?? FrameBridge.Sampling.ServerRepetitionPenalty);
            writer.Single(2, sampling.TopP ?? FrameBridge.Sampling.ServerTopP);
            writer.Single(1, sampling.Temperature ?? FrameBridge.Sampling.ServerTemperature);
            writer.Close(field, mark);
        }
    }
}
