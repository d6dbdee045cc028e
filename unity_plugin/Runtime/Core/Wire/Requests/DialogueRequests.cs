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

        private static void Sampling(WireWriter writer, int field, Sampling sampling)
        {
            var mark = writer.Length;
            var stop = sampling.Stop;
            for (var i = (stop?.Count ?? 0) - 1; i >= 0; i--)
            {
                writer.TextAlways(6, stop[i]);
            }

            writer.Number(5, sampling.MaxTokens);
            writer.Number(4, sampling.Seed);
            writer.Single(3, sampling.RepetitionPenalty ?? FrameBridge.Sampling.ServerRepetitionPenalty);
            writer.Single(2, sampling.TopP ?? FrameBridge.Sampling.ServerTopP);
            writer.Single(1, sampling.Temperature ?? FrameBridge.Sampling.ServerTemperature);
            writer.Close(field, mark);
        }
    }
}
