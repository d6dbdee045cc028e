namespace FrameBridge
{
    /// <summary>Reads which request a recorded answer of a model belongs to.</summary>
    internal static class InferenceAnswers
    {
        public static AnswerIndex NewIndex()
        {
            var message = new InferenceMessage();
            long Read(byte[] bytes, out bool opens)
            {
                message.Read(bytes, out _);
                opens = message.Kind == InferenceMessageKind.Opened;
                return message.RequestIndex;
            }

            return Read;
        }
    }
}
