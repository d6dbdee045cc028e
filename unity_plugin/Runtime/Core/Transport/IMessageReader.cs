using System.Buffers;

namespace FrameBridge
{
    /// <summary>Receives the raw messages of one stream. The bytes are valid only during the call.</summary>
    public interface IMessageReader
    {
        /// <summary>A message has arrived. Called on the receiving thread, one call at a time. Must not throw.</summary>
        void Read(in ReadOnlySequence<byte> message);
    }
}
