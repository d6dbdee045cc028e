using System;

namespace FrameBridge
{
    /// <summary>
    /// One kind of stream, declared once: its method in the contract, and how a recording of it is read and played. A
    /// kind that is not in <see cref="All"/> is rejected.
    /// </summary>
    internal sealed class StreamKind
    {
        private static readonly StreamKind[] s_all =
        {
            new StreamKind
            {
                Stream = BridgeStream.Avatar,
                Capability = Capability.Avatar,
                Service = "bridge.v1.AvatarService",
                Method = "StreamAvatar",
                OpenedField = (int)AvatarMessageKind.Opened,
                RequestBundleField = 8,
                AnswerBundleField = 4,
                NewAnswerIndex = AnswerIndexes.OfAvatars,
            },
            new StreamKind
            {
                Stream = BridgeStream.Dialogue,
                Capability = Capability.Dialogue,
                Service = "bridge.v1.DialogueService",
                Method = "Converse",
                OpenedField = (int)DialogueMessageKind.Opened,
                RequestBundleField = 5,
                AnswerBundleField = 8,
                RequestField = 2, // `say`
                HasConversations = true,
                NewAnswerIndex = AnswerIndexes.OfDialogue,
                Renumber = Renumbering.ForTurn,
            },
            new StreamKind
            {
                Stream = BridgeStream.Recognition,
                Capability = Capability.Recognition,
                Service = "bridge.v1.RecognitionService",
                Method = "Recognize",
                OpenedField = (int)RecognitionMessageKind.Opened,
                RequestBundleField = 4,
                AnswerBundleField = 4,
                RequestField = 2, // `frame`
                RequestsArePictures = true,
                NewAnswerIndex = AnswerIndexes.OfRecognition,
                Renumber = Renumbering.ForPicture,
            },
            new StreamKind
            {
                Stream = BridgeStream.Inference,
                Capability = Capability.Inference,
                Service = "bridge.v1.InferenceService",
                Method = "Infer",
                OpenedField = (int)InferenceMessageKind.Opened,
                RequestBundleField = 7,
                AnswerBundleField = 4,
                RequestField = 2, // `request`
                PartField = 3, // `part`
                RequestsArePictures = true, // they may be
                NewAnswerIndex = InferenceAnswers.NewIndex,
                Renumber = Renumbering.ForPicture, // slot and index have the same fields
            },
        };

        private StreamKind()
        {
        }

        /// <summary>All kinds, in the order of their numbers.</summary>
        public static ReadOnlySpan<StreamKind> All => s_all;

        /// <summary>The number in recordings.</summary>
        public BridgeStream Stream { get; private set; }

        /// <summary>The capability that it serves.</summary>
        public Capability Capability { get; private set; }

        /// <summary>Full name of the service.</summary>
        public string Service { get; private set; }

        /// <summary>Name of the method.</summary>
        public string Method { get; private set; }

        /// <summary>The field of an answer that opens the stream.</summary>
        public int OpenedField { get; private set; }

        /// <summary>The field of a request that holds several of them.</summary>
        public int RequestBundleField { get; private set; }

        /// <summary>The field of an answer that holds several of them.</summary>
        public int AnswerBundleField { get; private set; }

        /// <summary>
        /// The field of a request whose recorded answers are played when the live client asks; 0 if answers follow the
        /// recorded clock.
        /// </summary>
        public int RequestField { get; private set; }

        /// <summary>Whether requests and answers name a conversation, in their first field.</summary>
        public bool HasConversations { get; private set; }

        /// <summary>Whether that request may carry a picture, which recordings leave out by default.</summary>
        public bool RequestsArePictures { get; private set; }

        /// <summary>The field with the next part of such a request; 0 if a request is one message.</summary>
        public int PartField { get; private set; }

        /// <summary>Makes a reader of the request that an answer belongs to.</summary>
        public Func<AnswerIndex> NewAnswerIndex { get; private set; }

        /// <summary>Gives a recorded answer the numbers of a live request; null where <see cref="RequestField"/> is 0.</summary>
        public Renumber Renumber { get; private set; }

        /// <summary>The kind of a stream. Throws <see cref="ArgumentOutOfRangeException"/> for an unknown one.</summary>
        public static StreamKind Of(BridgeStream stream) => IsKnown(stream)
            ? s_all[(int)stream]
            : throw new ArgumentOutOfRangeException(nameof(stream), stream, "no such stream");

        /// <summary>Whether the stream is known; recordings of later versions may have others.</summary>
        public static bool IsKnown(BridgeStream stream) => stream >= 0 && (int)stream < s_all.Length;
    }
}
