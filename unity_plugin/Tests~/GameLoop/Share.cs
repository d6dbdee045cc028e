using System.Collections.Generic;

namespace FrameBridge.GameLoop
{
    /// <summary>Bytes that a process allocated for a number of messages.</summary>
    internal readonly struct Share
    {
        private readonly long _bytes;
        private readonly long _outside;

        internal Share(long bytes, long outside, long messages)
        {
            _bytes = bytes;
            _outside = outside;
            Messages = messages;
        }

        internal long Messages { get; }

        internal double PerMessage => _bytes / (double)Messages;

        /// <summary>On the main thread outside our step: the stub of the engine and the loop around it.</summary>
        internal double OutsidePerMessage => _outside / (double)Messages;

        internal static Share Sum(List<Share> shares)
        {
            long bytes = 0, outside = 0, messages = 0;
            foreach (Share share in shares)
            {
                bytes += share._bytes;
                outside += share._outside;
                messages += share.Messages;
            }

            return new Share(bytes, outside, messages);
        }
    }
}
