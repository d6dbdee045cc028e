using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Google.Protobuf;

namespace FrameBridge.Tests
{
    /// <summary>
    /// One stream of a <see cref="ScriptedServer"/>: a test reads the client's messages and sends the server's.
    /// </summary>
    internal sealed class ScriptedCall : IBridgeCall
    {
        private readonly IMessageReader _reader;
        private readonly CancellationToken _cancellation;
        private readonly Channel<byte[]> _down = Channel.CreateUnbounded<byte[]>();

        public ScriptedCall(BridgeStream kind, IMessageReader reader, CancellationToken cancellation)
        {
            Kind = kind;
            _reader = reader;
            _cancellation = cancellation;
        }

        public BridgeStream Kind { get; }

        public bool IsOver { get; private set; }

        public ConcurrentQueue<byte[]> Up { get; } = new ConcurrentQueue<byte[]>();

        /// <summary>Sends a message to the client.</summary>
        public void Say(IMessage message) => _down.Writer.TryWrite(message.ToByteArray());

        /// <summary>Sends malformed bytes to the client.</summary>
        public void SayBytes(params byte[] bytes) => _down.Writer.TryWrite(bytes);

        /// <summary>Breaks the call.</summary>
        public void Break(bool isLost = true)
        {
            IsOver = true;
            _down.Writer.TryComplete(new BridgeException(isLost ? ErrorReason.ConnectionLost : ErrorReason.Malformed, "broken by the test", isLost));
        }

        /// <summary>The client's messages so far.</summary>
        public T[] Heard<T>(MessageParser<T> parser)
            where T : IMessage<T> => Up.Select(parser.ParseFrom).ToArray();

        public Task WriteAsync(ReadOnlyMemory<byte> message)
        {
            if (IsOver || _cancellation.IsCancellationRequested)
            {
                throw new BridgeException(ErrorReason.ConnectionLost, "over", isLost: true);
            }

            Up.Enqueue(message.ToArray());
            return Task.CompletedTask;
        }

        public async Task<bool> ReadAsync()
        {
            if (!await _down.Reader.WaitToReadAsync(_cancellation).ConfigureAwait(false))
            {
                return false;
            }

            if (_down.Reader.TryRead(out var message))
            {
                _reader.Read(new ReadOnlySequence<byte>(message));
            }

            return true;
        }

        public void Dispose()
        {
            IsOver = true;
            _down.Writer.TryComplete(new OperationCanceledException());
        }
    }
}
