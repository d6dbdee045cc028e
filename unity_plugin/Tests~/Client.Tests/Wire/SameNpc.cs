using System.Linq;
using FrameBridge.V1;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Compares what our reader has read about NPCs with the generated code's.</summary>
    internal static class SameNpc
    {
        public static void Dialogue(ConverseResponse expected, DialogueMessage actual)
        {
            var sentence = expected.Sentence ?? new TurnSentence();
            Assert.That(
                (actual.Start, actual.Stop, (int)actual.Emotion, actual.Intensity),
                Is.EqualTo((sentence.Start, sentence.End, (int)sentence.Emotion, sentence.Intensity)));
            Assert.That(actual.SentenceTrace == null, Is.EqualTo(sentence.Trace == null));
            Assert.That((int?)actual.SentenceTrace?.Stage, Is.EqualTo((int?)sentence.Trace?.Stage));
            Assert.That(actual.SentenceTrace?.Sources, Is.EqualTo(sentence.Trace?.Sources.ToArray()));
            var action = expected.Action ?? new TurnAction();
            var ended = expected.ActionEnded ?? new TurnActionEnded();
            Assert.That(
                (actual.CallId, actual.Arguments, actual.TimeoutMicros, (int)actual.Ending),
                Is.EqualTo((action.CallId + ended.CallId, action.ArgumentsJson, action.TimeoutMicros, (int)ended.Ending)));
            Trace(expected.Trace, actual.Trace);
            Moderation(expected.Done?.Moderation, actual.Moderation);
        }

        private static void Trace(V1.TurnTrace expected, TurnTrace actual)
        {
            Assert.That(actual == null, Is.EqualTo(expected == null));
            if (expected != null)
            {
                Assert.That((actual.Intent, actual.Nearest, actual.Similarity), Is.EqualTo((expected.Intent, expected.Nearest, expected.Similarity)));
                Assert.That(
                    actual.Known.Select(one => (one.Text, one.Source, one.Similarity)),
                    Is.EqualTo(expected.Known.Select(one => (one.Text, one.Source, one.Similarity))));
                Assert.That(
                    actual.Rejected.Select(one => (one.Text, one.Reason, one.Regenerated)),
                    Is.EqualTo(expected.Rejected.Select(one => (one.Text, one.Reason, one.Regenerated))));
            }
        }

        private static void Moderation(V1.Moderated expected, Moderated actual)
        {
            Assert.That(actual == null, Is.EqualTo(expected == null));
            Assert.That(
                ((int?)actual?.Outcome, actual?.Score, actual?.Reasons), Is.EqualTo(((int?)expected?.Outcome, expected?.Score, expected?.Reasons.ToArray())));
        }
    }
}
