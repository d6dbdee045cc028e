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

        /// <summary>
        /// The same for a server of minor version 5; <paramref name="history"/> may be null. What <paramref name="npc"/> has is
        /// for one of minor version 6.
        /// </summary>
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
            bool wholeSentences,
            ReplyForm form = null,
            in SaidToNpc npc = default)
        {
            Npc(writer, npc);
            if (form != null)
            {
                var mark = writer.Length;
                writer.Text(form.Field, form.Text);
                writer.Close(11, mark);
            }

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

        /// <summary>Interrupts a turn; of its text the player has heard so many code points, or all if negative.</summary>
        public static void Interrupt(WireWriter writer, string conversation, long turnId, int heard = -1)
        {
            if (heard >= 0)
            {
                writer.NumberAlways(3, heard);
            }

            writer.Number(2, turnId);
            writer.Text(1, conversation);
            writer.Close(3, 0);
        }

        public static void Forget(WireWriter writer, string conversation)
        {
            writer.Text(1, conversation);
            writer.Close(4, 0);
        }

        /// <summary>What became of an action: <paramref name="text"/> is a result as JSON, or why there is none.</summary>
        public static void ActionResult(WireWriter writer, string conversation, string callId, bool isDone, string text)
        {
            writer.TextAlways(isDone ? 3 : 4, text);
            writer.Text(2, callId);
            writer.Text(1, conversation);
            writer.Close(6, 0);
        }

        private static void Npc(WireWriter writer, in SaidToNpc npc)
        {
            writer.Number(16, npc.WantsTrace ? 1 : 0);
            NpcRequests.Texts(writer, 15, npc.Memories);
            if (npc.Player != null)
            {
                var mark = writer.Length;
                NpcRequests.Texts(writer, 2, npc.Player.Roles);
                writer.Text(1, npc.Player.Name);
                writer.Close(14, mark);
            }

            if (npc.Npc != null)
            {
                writer.Message(13, npc.Npc.Bytes.Span, npc.Npc.Fields);
            }

            writer.Text(12, npc.NpcId);
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
