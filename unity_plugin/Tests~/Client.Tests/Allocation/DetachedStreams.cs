using System.Buffers;

namespace FrameBridge.Tests
{
    /// <summary>The real streams of a client without a connection, so that their bodies run on the measuring thread.</summary>
    internal sealed class DetachedStreams
    {
        private readonly BridgeStatistics _statistics = new BridgeStatistics();

        public DetachedStreams()
        {
            var options = new BridgeOptions();
            var connection = new Connection(options, _ => { });
            Avatars = new AvatarStream(connection, options, _statistics.Avatar);
            Recognition = new RecognitionStream(connection, options, _statistics.Recognition);
        }

        public AvatarStream Avatars { get; }

        public RecognitionStream Recognition { get; }

        public CapabilityStatistics Statistics => _statistics.Avatar;

        public void Open(BridgeStream stream, byte[] opened)
        {
            ((IStreamOwner)Owner(stream)).WriteOpening(new WireWriter(64, 1024), "session");
            Read(stream, opened);
            Owner(stream).Opened();
            DrainOutbox(stream);
        }

        public void Read(BridgeStream stream, byte[] message) => Owner(stream).Receive(message);

        /// <summary>What the sending thread does, less the transport.</summary>
        public void DrainOutbox(BridgeStream stream)
        {
            var outbox = stream == BridgeStream.Avatar ? Avatars.Outbox : Recognition.Outbox;
            for (var writer = outbox.TryNext(); writer != null; writer = outbox.TryNext())
            {
                writer.Pool.Return(writer);
            }
        }

        private IStreamOwner Owner(BridgeStream stream) => stream == BridgeStream.Avatar ? (IStreamOwner)Avatars : Recognition;
    }
}
