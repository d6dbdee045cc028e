using System.Buffers;

namespace FrameBridge
{
    /// <summary>
    /// Takes the messages of one stream as they come, raw. The bytes are valid only inside the call. Two implementations:
    /// the streams' own readers, and the recorder that sits before them.
    /// </summary>
    public interface IMessageReader
    {
        /// <summary>A message has come. Called on the receiving thread, one call at a time. Must not throw.</summary>
        void Read(in ReadOnlySequence<byte> message);
    }
}
