using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Google.Protobuf;

namespace FrameBridge.Components.Tests
{
    /// <summary>One open stream: what the server sends waits here until the client reads it.</summary>
    internal sealed class ScriptedCall : IBridgeCall
    {
        private readonly ScriptedServer _server;
        private readonly IMessageReader _reader;
        private readonly CancellationTokenRegistration _registration;
        private readonly SemaphoreSlim _arrived = new SemaphoreSlim(0);
        private readonly Queue<byte[]> _waiting = new Queue<byte[]>();
        private volatile bool _broken;

        internal ScriptedCall(ScriptedServer server, BridgeStream stream, IMessageReader reader, CancellationToken cancellation)
        {
            _server = server;
            Stream = stream;
            _reader = reader;
            _registration = cancellation.Register(Break);
        }

        internal BridgeStream Stream { get; }

        internal bool IsOver => _broken;

        public Task WriteAsync(ReadOnlyMemory<byte> message)
        {
            if (_broken)
            {
                return Task.FromException(new BridgeException(ErrorReason.ConnectionLost, "the stream is over", true));
            }

            _server.Hear(this, message);
            return Task.CompletedTask;
        }

        public async Task<bool> ReadAsync()
        {
            await _arrived.WaitAsync().ConfigureAwait(false);
            byte[] next = null;
            lock (_waiting)
            {
                if (!_broken && _waiting.Count > 0)
                {
                    next = _waiting.Dequeue();
                }
            }

            if (next == null)
            {
                throw new BridgeException(ErrorReason.ConnectionLost, "the stream broke", true);
            }

            _reader.Read(new ReadOnlySequence<byte>(next));
            return true;
        }

        public void Dispose()
        {
            _registration.Dispose();
            Break();
        }

        internal void Send(IMessage message) => Send(message.ToByteArray());

        internal void Send(byte[] message)
        {
            lock (_waiting)
            {
                _waiting.Enqueue(message);
            }

            _arrived.Release();
        }

        internal void Break()
        {
            _broken = true;
            _arrived.Release();
        }
    }
}
