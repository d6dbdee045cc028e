namespace FrameBridge
{
    /// <summary>The number of the request that a recorded answer belongs to, and whether it opens the stream.</summary>
    internal delegate long AnswerIndex(byte[] message, out bool opens);

    /// <summary>Readers of those numbers, one per kind of stream.</summary>
    internal static class AnswerIndexes
    {
        public static AnswerIndex OfAvatars()
        {
            var message = new AvatarMessage();
            long Read(byte[] bytes, out bool opens)
            {
                message.Read(bytes, out _);
                opens = message.Kind == AvatarMessageKind.Opened;
                return message.Kind == AvatarMessageKind.Frame ? message.Frame.FrameIndex : message.Status.FrameIndex;
            }

            return Read;
        }

        public static AnswerIndex OfDialogue()
        {
            var message = new DialogueMessage();
            long Read(byte[] bytes, out bool opens)
            {
                message.Read(bytes);
                opens = message.Kind == DialogueMessageKind.Opened;
                return message.TurnId;
            }

            return Read;
        }

        public static AnswerIndex OfRecognition()
        {
            var message = new RecognitionMessage();
            long Read(byte[] bytes, out bool opens)
            {
                message.Read(bytes, out _);
                opens = message.Kind == RecognitionMessageKind.Opened;
                return message.FrameIndex;
            }

            return Read;
        }
    }
}
