using System;

namespace FrameBridge
{
    /// <summary>
    /// Assembles the chunks of one slot's results. Bounds are checked before anything is copied; a chunk out of sequence
    /// drops its result. One thread.
    /// </summary>
    internal sealed class ResultAssembly
    {
        /// <summary>Bytes of the largest result accepted, far above any server's limit.</summary>
        public const int MaxBytes = 64 * 1024 * 1024;

        private long _index;
        private long _total = -1;
        private int _filled;

        /// <summary>Drops an incomplete result.</summary>
        public void Reset() => _total = -1;

        /// <summary>Adds a chunk. <see cref="ChunkResult.Complete"/> means that the reader holds all tensors.</summary>
        public ChunkResult Add(InferenceMessage message, ReadOnlySpan<byte> payload, TensorReader outputs)
        {
            if (message.ChunkOffset == 0 && !Begin(message, outputs))
            {
                return ChunkResult.Wrong;
            }

            if (!Follows(message) || payload.Length > _total - _filled || (payload.IsEmpty && _total > 0))
            {
                Reset();
                return ChunkResult.Wrong;
            }

            payload.CopyTo(outputs.Room(_filled, payload.Length));
            _filled += payload.Length;
            if (_filled < _total)
            {
                return ChunkResult.More;
            }

            outputs.Complete(_filled);
            Reset();
            return ChunkResult.Complete;
        }

        private bool Begin(InferenceMessage message, TensorReader outputs)
        {
            Reset();
            if (message.HasMore || message.TotalBytes < 0 || message.TotalBytes > MaxBytes || !outputs.TryBegin(message, message.TotalBytes))
            {
                outputs.Clear();
                return false;
            }

            (_index, _total, _filled) = (message.RequestIndex, message.TotalBytes, 0);
            return true;
        }

        private bool Follows(InferenceMessage message) =>
            message.RequestIndex == _index && message.TotalBytes == _total && message.ChunkOffset == _filled;
    }
}
