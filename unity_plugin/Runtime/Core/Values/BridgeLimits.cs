namespace FrameBridge
{
    /// <summary>Limits of a server, from the handshake. Anything larger is refused.</summary>
    public sealed class BridgeLimits
    {
        /// <summary>Bytes of one message, either way.</summary>
        public int MaxMessageBytes { get; set; }

        /// <summary>Bytes of one picture as sent.</summary>
        public int MaxImageBytes { get; set; }

        /// <summary>Pixels of one picture, decoded.</summary>
        public int MaxImagePixels { get; set; }

        /// <summary>Avatars or cameras of one stream.</summary>
        public int MaxSlotsPerStream { get; set; }

        /// <summary>Conversations of one session.</summary>
        public int MaxConversations { get; set; }

        /// <summary>Texture frames of one slot that may be in flight without an acknowledgement.</summary>
        public int MaxUnacknowledgedFrames { get; set; }

        /// <summary>Bytes of the caller's pose in a camera frame.</summary>
        public int MaxPoseBytes { get; set; }

        /// <summary>Bytes of text in one turn, persona included.</summary>
        public int MaxTextBytes { get; set; }

        /// <summary>Tokens of a conversation, prompt and reply together.</summary>
        public int MaxContextTokens { get; set; }

        /// <summary>The longest budget allowed, in microseconds.</summary>
        public long MaxBudgetMicros { get; set; }

        /// <summary>Bytes of one chunk; larger texture frames are sent in several.</summary>
        public int MaxChunkBytes { get; set; }

        /// <summary>
        /// Bytes of the tensors of one request or result. 0 from servers older than minor 3, as are those that follow.
        /// </summary>
        public int MaxTensorBytes { get; set; }

        /// <summary>Bytes of tensors in one message; those of larger requests are sent in parts.</summary>
        public int MaxInferMessageBytes { get; set; }

        /// <summary>Bytes of one session's tensors that wait for the device.</summary>
        public int MaxWaitingTensorBytes { get; set; }

        /// <summary>Requests of one inference stream that are not answered yet.</summary>
        public int MaxOpenInferences { get; set; }

        /// <summary>Lines of a conversation's history. 0 from servers older than minor 5, as is the next.</summary>
        public int MaxHistoryLines { get; set; }

        /// <summary>Bytes of text in a conversation's history.</summary>
        public int MaxHistoryBytes { get; set; }

        /// <summary>
        /// Bytes of a character that a turn carries. 0 from servers older than minor 6, which know no NPCs, as is the next.
        /// </summary>
        public int MaxNpcBytes { get; set; }

        /// <summary>Bytes of an action's result.</summary>
        public int MaxActionResultBytes { get; set; }
    }
}
