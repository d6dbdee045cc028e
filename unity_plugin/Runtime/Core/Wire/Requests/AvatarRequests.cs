namespace FrameBridge
{
    /// <summary>Writes the requests of an avatar stream.</summary>
    internal static class AvatarRequests
    {
        public static void Open(WireWriter writer, string sessionId)
        {
            writer.Text(1, sessionId);
            writer.Close(1, 0);
        }

        public static void SetLook(WireWriter writer, int slot, AvatarLook look, long morphMicros)
        {
            writer.Number(3, morphMicros);
            Look(writer, 2, look);
            writer.Number(1, slot);
            writer.Close(2, 0);
        }

        public static void Frame(
            WireWriter writer, int slot, long frameIndex, in Budget budget, FrameFormat format, long lastReceived, long lateCount)
        {
            writer.Number(6, lateCount);
            writer.Number(5, lastReceived);
            writer.Number(4, (int)format);
            BudgetWriter.Write(writer, 3, budget);
            writer.Number(2, frameIndex);
            writer.Number(1, slot);
            writer.Close(3, 0);
        }

        public static void Subscribe(WireWriter writer, int slot, in Subscription wanted, in Budget budget)
        {
            writer.Number(5, Clock.Micros(wanted.HeartbeatSeconds));
            writer.Number(4, (int)wanted.Format);
            BudgetWriter.Write(writer, 3, budget);
            writer.Single(2, wanted.FramesPerSecond);
            writer.Number(1, slot);
            writer.Close(4, 0);
        }

        public static void Unsubscribe(WireWriter writer, int slot)
        {
            writer.Number(1, slot);
            writer.Close(5, 0);
        }

        /// <summary>Acknowledges a frame, with the link's current time in place of the subscription's.</summary>
        public static void Acknowledge(WireWriter writer, int slot, long lastReceived, long lateCount, in Budget link)
        {
            writer.Number(5, link.LinkBytesPerSecond);
            writer.Number(4, link.LinkMicros);
            writer.Number(3, lateCount);
            writer.Number(2, lastReceived);
            writer.Number(1, slot);
            writer.Close(6, 0);
        }

        public static void CloseSlot(WireWriter writer, int slot)
        {
            writer.Number(1, slot);
            writer.Close(7, 0);
        }

        private static void Look(WireWriter writer, int field, AvatarLook look)
        {
            var mark = writer.Length;
            if (look.Expression.Length > 0)
            {
                var inner = writer.Length;
                writer.Single(2, look.Intensity);
                writer.Text(1, look.Expression);
                writer.Close(3, inner);
            }

            for (var i = look.Attributes.Count - 1; i >= 0; i--)
            {
                var inner = writer.Length;
                writer.Text(2, look.Attributes[i].Value);
                writer.Text(1, look.Attributes[i].Name);
                writer.Close(2, inner);
            }

            writer.Number(1, look.Seed);
            writer.Close(field, mark);
        }
    }
}
