using System;

namespace FrameBridge
{
    /// <summary>Writes the requests of a recognition stream.</summary>
    internal static class RecognitionRequests
    {
        private const int TopDown = 1;
        private const int BottomUp = 2;

        public static void Open(WireWriter writer, string sessionId)
        {
            writer.Text(1, sessionId);
            writer.Close(1, 0);
        }

        /// <summary>A picture; the only copy of its pixels on the way to the transport.</summary>
        public static void Frame(
            WireWriter writer,
            int slot,
            long frameIndex,
            ReadOnlySpan<RecognitionTask> tasks,
            long linkMicros,
            ReadOnlySpan<byte> pose,
            long lateCount,
            in CameraImage image,
            ReadOnlySpan<byte> pixels)
        {
            Image(writer, 15, image, pixels);
            Frame(writer, slot, frameIndex, tasks, linkMicros, pose, lateCount);
        }

        /// <summary>A frame without a picture.</summary>
        public static void Frame(
            WireWriter writer,
            int slot,
            long frameIndex,
            ReadOnlySpan<RecognitionTask> tasks,
            long linkMicros,
            ReadOnlySpan<byte> pose,
            long lateCount)
        {
            writer.Number(5, lateCount);
            writer.Bytes(4, pose);
            for (var i = tasks.Length - 1; i >= 0; i--)
            {
                Task(writer, 3, tasks[i], linkMicros);
            }

            writer.Number(2, frameIndex);
            writer.Number(1, slot);
            writer.Close(2, 0);
        }

        public static void CloseSlot(WireWriter writer, int slot)
        {
            writer.Number(1, slot);
            writer.Close(3, 0);
        }

        private static void Image(WireWriter writer, int field, in CameraImage image, ReadOnlySpan<byte> pixels)
        {
            var mark = writer.Length;
            writer.Bytes(15, pixels);
            writer.Number(5, image.BottomUp ? BottomUp : TopDown);
            writer.Number(4, image.RowStrideBytes);
            writer.Number(3, image.Height);
            writer.Number(2, image.Width);
            writer.Number(1, (int)image.Format);
            writer.Close(field, mark);
        }

        private static void Task(WireWriter writer, int field, in RecognitionTask task, long linkMicros)
        {
            var mark = writer.Length;
            writer.Number(5, task.ByAppearance ? 1 : 0);
            writer.Number(4, task.MaxResults);
            writer.Single(3, task.ScoreThreshold);
            var budget = new Budget
            {
                BudgetMicros = Clock.Micros(task.BudgetSeconds),
                LinkMicros = linkMicros,
                Ladder = task.Ladder,
            };
            BudgetWriter.Write(writer, 2, budget);
            writer.Number(1, (int)task.Kind);
            writer.Close(field, mark);
        }
    }
}
