using System;

namespace FrameBridge
{
    /// <summary>Writes the requests of unary calls. Not pooled, as a connection has only a few.</summary>
    internal static class ControlRequests
    {
        private const int InitialBytes = 256;
        private const int MaxBytes = 64 * 1024;

        /// <summary>A request without fields.</summary>
        public static ReadOnlyMemory<byte> Empty => ReadOnlyMemory<byte>.Empty;

        public static ReadOnlyMemory<byte> Handshake(HandshakeQuestion question)
        {
            var writer = NewWriter();
            writer.Number(8, question.WantsBundles ? 1 : 0);
            writer.Text(6, question.ResumeSessionId);
            writer.Number(5, question.BottomUp ? FrameRows.BottomUp : FrameRows.TopDown);
            for (var i = (question.Formats?.Count ?? 0) - 1; i >= 0; i--)
            {
                writer.NumberAlways(4, (int)question.Formats[i]);
            }

            writer.Text(3, question.ClientVersion);
            writer.Text(2, question.ClientName);
            VersionMessage.Write(writer, 1, ProtocolVersion.Major, ProtocolVersion.Minor);
            return writer.Written;
        }

        /// <summary>Asks for the models, now or as they change.</summary>
        public static ReadOnlyMemory<byte> Models()
        {
            var writer = NewWriter();
            VersionMessage.Write(writer, 1, ProtocolVersion.Major, ProtocolVersion.Minor);
            return writer.Written;
        }

        public static ReadOnlyMemory<byte> EndSession(string sessionId) => OneText(sessionId);

        public static ReadOnlyMemory<byte> LoadModel(string name)
        {
            var writer = NewWriter();
            VersionMessage.Write(writer, 2, ProtocolVersion.Major, ProtocolVersion.Minor);
            writer.Text(1, name);
            return writer.Written;
        }

        public static ReadOnlyMemory<byte> Ping(long nonce)
        {
            var writer = NewWriter();
            writer.Number(1, nonce);
            return writer.Written;
        }

        private static ReadOnlyMemory<byte> OneText(string text)
        {
            var writer = NewWriter();
            writer.Text(1, text);
            return writer.Written;
        }

        private static WireWriter NewWriter() => new WireWriter(InitialBytes, MaxBytes);
    }
}
