using System;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>One open stream of a transport. Made by <see cref="IBridgeTransport.OpenCall"/>.</summary>
    public interface IBridgeCall : IDisposable
    {
        /// <summary>
        /// Sends one message; the bytes must not change until the task completes. One write at a time. Fails when the
        /// call is over; see <see cref="IBridgeTransport.ErrorOf"/>.
        /// </summary>
        Task WriteAsync(ReadOnlyMemory<byte> message);

        /// <summary>
        /// Waits for the next message and passes it to the reader; false when the server has ended the stream. One read
        /// at a time. Fails when the call breaks; see <see cref="IBridgeTransport.ErrorOf"/>.
        /// </summary>
        Task<bool> ReadAsync();
    }
}
