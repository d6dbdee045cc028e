using System;

namespace FrameBridge
{
    /// <summary>Writes the requests of an inference stream.</summary>
    internal static class InferenceRequests
    {
        private const int PayloadField = 15;

        public static void Open(WireWriter writer, string sessionId, bool wantsUploadMemory)
        {
            writer.Number(3, wantsUploadMemory ? 1 : 0);
            writer.Text(1, sessionId);
            writer.Close(1, 0);
        }

        /// <summary>
        /// A request with the first <paramref name="payloadBytes"/> of its tensors; or with their place in the upload
        /// memory, if that is not negative.
        /// </summary>
        public static void Request(WireWriter writer, in InferenceCall call, TensorWriter inputs, int payloadBytes, long uploadOffset)
        {
            Payload(writer, inputs, 0, payloadBytes);
            var mark = writer.Length;
            writer.Number(9, call.LateCount);
            if (uploadOffset >= 0)
            {
                var inner = writer.Length;
                writer.Number(1, uploadOffset);
                writer.Close(8, inner);
            }

            writer.Number(7, inputs.ByteCount);
            for (var i = inputs.Count - 1; i >= 0; i--)
            {
                Shape(writer, 6, inputs[i].Shape);
            }

            writer.Number(5, call.LatestOnly ? 1 : 0);
            BudgetWriter.Write(writer, 4, call.Budget);
            writer.Text(3, call.Model);
            writer.Number(2, call.RequestIndex);
            writer.Number(1, call.Slot);
            writer.Close(2, mark);
        }

        /// <summary>The tensors' bytes from an offset on.</summary>
        public static void Part(WireWriter writer, in InferenceCall call, TensorWriter inputs, long offset, int payloadBytes)
        {
            Payload(writer, inputs, offset, payloadBytes);
            var mark = writer.Length;
            writer.Number(3, offset);
            writer.Number(2, call.RequestIndex);
            writer.Number(1, call.Slot);
            writer.Close(3, mark);
        }

        public static void Cancel(WireWriter writer, int slot, long requestIndex)
        {
            writer.Number(2, requestIndex);
            writer.Number(1, slot);
            writer.Close(4, 0);
        }

        public static void CloseSlot(WireWriter writer, int slot)
        {
            writer.Number(1, slot);
            writer.Close(6, 0);
        }

        private static void Shape(WireWriter writer, int field, TensorShape shape)
        {
            var mark = writer.Length;
            for (var i = shape.Rank - 1; i >= 0; i--)
            {
                writer.NumberAlways(3, shape.Sizes[i]);
            }

            writer.Number(2, (int)shape.Type);
            writer.Text(1, shape.Name);
            writer.Close(field, mark);
        }

        /// <summary>The only copy of the tensors' bytes on the way to the transport.</summary>
        private static void Payload(WireWriter writer, TensorWriter inputs, long offset, int bytes)
        {
            var end = inputs.ByteCount;
            for (var i = inputs.Count - 1; i >= 0; i--)
            {
                var begin = end - inputs[i].Shape.Bytes;
                var from = Math.Max(begin, offset);
                var to = Math.Min(end, offset + bytes);
                if (from < to)
                {
                    writer.Raw(new ReadOnlySpan<byte>(inputs[i].Buffer, (int)(from - begin), (int)(to - from)));
                }

                end = begin;
            }

            if (writer.Length > 0)
            {
                writer.Close(PayloadField, 0);
            }
        }
    }
}
