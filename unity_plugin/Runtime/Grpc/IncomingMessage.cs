namespace FrameBridge.Grpc
{
    /// <summary>
    /// What the deserialiser returns for each message: one shared, empty object, since the reader has the bytes
    /// already. Returning null would end the stream.
    /// </summary>
    internal sealed class IncomingMessage
    {
        public static readonly IncomingMessage Receipt = new IncomingMessage();

        private IncomingMessage()
        {
        }
    }
}
