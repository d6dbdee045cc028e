using System;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>One open stream of a transport. Made by <see cref="IBridgeTransport.OpenCall"/>.</summary>
    public interface IBridgeCall : IDisposable
    {
        /// <summary>
        /// Sends one message; the bytes must stay as they are until the task completes. One write at a time. Fails when
        /// the call is over; <see cref="IBridgeTransport.ErrorOf"/> tells what that means.
        /// </summary>
        Task WriteAsync(ReadOnlyMemory<byte> message);

        /// <summary>
        /// Waits for the next message and has the reader take it; false when the server has ended the stream. One read at
        /// a time. Fails when the call broke; <see cref="IBridgeTransport.ErrorOf"/> tells what that means.
        /// </summary>
        Task<bool> ReadAsync();
    }
}
