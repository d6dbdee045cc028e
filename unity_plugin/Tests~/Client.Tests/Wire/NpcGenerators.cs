using CsCheck;
using FrameBridge.V1;

namespace FrameBridge.Tests
{
    /// <summary>Random messages about NPCs, by the generated code.</summary>
    internal static class NpcGenerators
    {
        private static readonly Gen<string> Texts = ControlGenerators.Texts;
        private static readonly Gen<int> Counts = Gen.OneOf(Gen.Int, Gen.Const(0), Gen.Int[-5, 500]);
        private static readonly Gen<float> Shares = Gen.OneOf(Gen.Float[-1f, 1f], Gen.Const(0f));

        private static readonly Gen<V1.SentenceTrace> SentenceTraces =
            from stage in Gen.Int[0, 8]
            from sources in Texts.Array[0, 4]
            select new V1.SentenceTrace { Stage = (V1.SentenceStage)stage, Sources = { sources } };

        public static readonly Gen<TurnSentence> Sentences =
            from text in Texts
            from counts in Counts.Array[3]
            from emotion in Gen.Int[0, 9]
            from intensity in Shares
            from trace in SentenceTraces
            from has in Gen.Bool
            select new TurnSentence
            {
                Text = text,
                Index = counts[0],
                Start = counts[1],
                End = counts[2],
                Emotion = (Emotion)emotion,
                Intensity = intensity,
                Trace = has ? trace : null,
            };

        public static readonly Gen<TurnAction> Calls =
            from texts in Texts.Array[3]
            from timeout in Gen.Long
            select new TurnAction { CallId = texts[0], Name = texts[1], ArgumentsJson = texts[2], TimeoutMicros = timeout };

        private static readonly Gen<V1.KnownFact> Facts =
            from texts in Texts.Array[2]
            from similarity in Shares
            select new V1.KnownFact { Text = texts[0], Source = texts[1], Similarity = similarity };

        private static readonly Gen<V1.RejectedSentence> Rejections =
            from texts in Texts.Array[2]
            from again in Gen.Bool
            select new V1.RejectedSentence { Text = texts[0], Reason = texts[1], Regenerated = again };

        public static readonly Gen<V1.TurnTrace> Traces =
            from texts in Texts.Array[2]
            from similarity in Shares
            from known in Facts.Array[0, 4]
            from rejected in Rejections.Array[0, 4]
            select new V1.TurnTrace { Intent = texts[0], Nearest = texts[1], Similarity = similarity, Known = { known }, Rejected = { rejected } };

        public static readonly Gen<V1.Moderated> Moderations =
            from outcome in Gen.Int[0, 4]
            from score in Shares
            from reasons in Texts.Array[0, 4]
            select new V1.Moderated { Outcome = (V1.ModerationOutcome)outcome, Score = score, Reasons = { reasons } };
    }
}
