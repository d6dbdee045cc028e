namespace FrameBridge
{
    /// <summary>Writes the contract's Budget inside a field.</summary>
    internal static class BudgetWriter
    {
        public static void Write(WireWriter writer, int field, in Budget budget)
        {
            var mark = writer.Length;
            writer.Number(4, budget.LinkBytesPerSecond);
            writer.Number(3, (int)budget.Ladder);
            writer.Number(2, budget.LinkMicros);
            writer.Number(1, budget.BudgetMicros);
            writer.Close(field, mark);
        }
    }
}
