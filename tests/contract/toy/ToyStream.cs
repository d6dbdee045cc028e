using System;

namespace FrameBridge
{
    /// <summary>Words of one client, on one stream.</summary>
    public sealed class ToyStream : IStreamOwner
    {
        private readonly StreamLoop _loop;

        internal ToyStream(Connection connection, BridgeOptions options, CapabilityStatistics statistics)
        {
            _loop = new StreamLoop(connection, BridgeStream.Toy, this, statistics, options);
        }

        /// <summary>Raised for each word that came back, on the receiving thread.</summary>
        public event Action<string> Turned;

        /// <summary>Sends a word.</summary>
        public void Turn(long index, string text)
        {
            _loop.Start();
            var writer = _loop.Outbox.Take();
            if (writer != null)
            {
                writer.Text(2, text);
                writer.Number(1, index);
                writer.Close(2, 0);
                _loop.Outbox.Post(writer);
            }
        }

        internal static AnswerIndex NewAnswerIndex() => (byte[] message, out bool opens) =>
        {
            opens = true;
            return 0;
        };

        void IStreamOwner.WriteOpening(WireWriter writer, string sessionId)
        {
            writer.Text(1, sessionId);
            writer.Close(1, 0);
        }

        void IStreamOwner.Opened() => _loop.Outbox.Open();

        void IStreamOwner.Lost(BridgeException error)
        {
        }

        bool IStreamOwner.Receive(ReadOnlySpan<byte> message)
        {
            var reader = new WireReader(message);
            if (!reader.Next() || !reader.Is(2, WireKind.Bytes))
            {
                return true;
            }

            var answer = new WireReader(reader.Bytes());
            while (answer.Next())
            {
                if (answer.Is(2, WireKind.Bytes))
                {
                    Turned?.Invoke(answer.Text());
                }
                else
                {
                    answer.Skip();
                }
            }

            return !answer.Failed;
        }
    }
}
