namespace FrameBridge.Grpc
{
    /// <summary>
    /// What the deserialiser returns for each message: it tells that one was read, and nothing more. Returning null would
    /// end the stream. One object for all, since it holds nothing.
    /// </summary>
    internal sealed class IncomingMessage
    {
        public static readonly IncomingMessage Receipt = new IncomingMessage();

        private IncomingMessage()
        {
        }
    }
}
