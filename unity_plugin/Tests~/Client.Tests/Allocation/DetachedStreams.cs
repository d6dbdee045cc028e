using System.Buffers;

namespace FrameBridge.Tests
{
    /// <summary>The real streams of a client without a connection, so that their bodies run on the measuring thread.</summary>
    internal sealed class DetachedStreams
    {
        private readonly BridgeStatistics _statistics = new BridgeStatistics();
        private readonly OutgoingBundle _message = new OutgoingBundle(StreamKind.Of(BridgeStream.Avatar).RequestBundleField);
        private readonly Connection _connection;
        private readonly StreamLoop _reader;

        public DetachedStreams()
        {
            var options = new BridgeOptions();
            _connection = new Connection(options, _ => { });
            Avatars = new AvatarStream(_connection, options, _statistics.Avatar);
            Recognition = new RecognitionStream(_connection, options, _statistics.Recognition);
            _reader = new StreamLoop(_connection, BridgeStream.Avatar, Avatars, _statistics.Avatar, options);
        }

        public AvatarStream Avatars { get; }

        public RecognitionStream Recognition { get; }

        public CapabilityStatistics Statistics => _statistics.Avatar;

        public GameUpdate Update => _connection.Update;

        public void Open(BridgeStream stream, byte[] opened)
        {
            ((IStreamOwner)Owner(stream)).WriteOpening(new WireWriter(64, 1024), "session");
            Read(stream, opened);
            Owner(stream).Opened();
            DrainOutbox(stream);
        }

        public void Read(BridgeStream stream, byte[] message) => Owner(stream).Receive(message);

        /// <summary>As the transport does it, bundles too.</summary>
        public void ReadAvatars(in ReadOnlySequence<byte> message) => _reader.Read(message);

        /// <summary>What the sending thread does, less the transport. Returns the number of messages.</summary>
        public int DrainOutbox(BridgeStream stream)
        {
            var count = 0;
            var outbox = stream == BridgeStream.Avatar ? Avatars.Outbox : Recognition.Outbox;
            for (; outbox.TryTake(_message); count++)
            {
                _message.Join();
                _message.Clear();
            }

            return count;
        }

        private IStreamOwner Owner(BridgeStream stream) => stream == BridgeStream.Avatar ? (IStreamOwner)Avatars : Recognition;
    }
}
