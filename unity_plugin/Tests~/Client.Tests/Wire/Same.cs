using System;
using System.Collections.Generic;
using System.Linq;
using FrameBridge.V1;
using Google.Protobuf;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Compares our readers' result with the generated code's.</summary>
    internal static class Same
    {
        public static void Timings(Timing expected, in FrameTiming actual)
        {
            expected = expected ?? new Timing();
            Assert.That(
                (actual.QueueMicros, actual.BatchWaitMicros, actual.BlockedMicros, actual.ComputeMicros, actual.EncodeMicros, actual.DecodeMicros, actual.ServerMicros),
                Is.EqualTo((expected.QueueMicros, expected.BatchWaitMicros, expected.BlockedMicros, expected.ComputeMicros, expected.EncodeMicros, expected.DecodeMicros, expected.ServerMicros)));
            Assert.That(
                (actual.BatchSize, actual.SliceCount, actual.RungIndex, actual.Rung, actual.ModelVersion),
                Is.EqualTo((expected.BatchSize, expected.SliceCount, expected.RungIndex, expected.Rung, expected.ModelVersion)));
        }

        public static void Outcomes(V1.Outcome expected, in Outcome actual)
        {
            expected = expected ?? new V1.Outcome();
            var error = expected.Error ?? new ErrorDetail();
            Assert.That(
                ((int)actual.Disposition, (int)actual.Reason, actual.Retryable, actual.RetryAfterMicros, (int)actual.Stage, actual.OverMicros, actual.BlockedBy),
                Is.EqualTo(((int)expected.Disposition, (int)error.Reason, error.Retryable, error.RetryAfterMicros, (int)expected.Stage, expected.OverMicros, expected.BlockedBy)));
            Timings(expected.Timing, actual.Timing);
            if (expected.Disposition == V1.Disposition.Invalid || expected.Disposition == V1.Disposition.Failed)
            {
                Assert.That(actual.Message, Is.EqualTo(error.Message));
            }
        }

        public static void Handshakes(HandshakeResponse expected, HandshakeAnswer actual)
        {
            var protocol = expected.Protocol ?? new V1.ProtocolVersion();
            Assert.That(
                (actual.ProtocolMajor, actual.ProtocolMinor, actual.ServerVersion, actual.SessionId, actual.Resumed, actual.GraceMicros, actual.Bundles),
                Is.EqualTo((protocol.Major, protocol.Minor, expected.ServerVersion, expected.SessionId, expected.Resumed, expected.GraceMicros, expected.Bundles)));
            Assert.That(actual.Capabilities.Select(each => (int)each), Is.EqualTo(expected.Capabilities.Select(each => (int)each)));
            Assert.That(actual.Formats.Select(each => (int)each), Is.EqualTo(expected.TextureFormats.Select(each => (int)each)));
            Models(expected.Models, actual.Models);
            Limits(expected.Limits ?? new Limits(), actual.Limits);
        }

        public static void Models(IEnumerable<Model> expected, IEnumerable<BridgeModel> actual)
        {
            Assert.That(
                actual.Select(one => (one.Name, (int)one.Capability, (int)one.State, one.Version, one.ResidentBytes, one.Detail, string.Join("|", one.Rungs))),
                Is.EqualTo(expected.Select(one => (one.Name, (int)one.Capability, (int)one.State, one.Version, one.ResidentBytes, one.Detail, string.Join("|", one.Rungs)))));
            Assert.That(
                actual.SelectMany(one => one.RungDetails).Select(one => (one.Name, one.Width, one.Height, one.NeedsDevice, one.IsCheaperFormat)),
                Is.EqualTo(expected.SelectMany(one => one.RungDetails).Select(one => (one.Name, one.Width, one.Height, one.NeedsDevice, one.CheaperFormat))));
            Assert.That(
                actual.Select(one => (Texts(one.Inputs), Texts(one.Outputs), one.MaxBatch, one.DefaultBudgetMicros)),
                Is.EqualTo(expected.Select(one => (Texts(one.Inputs), Texts(one.Outputs), one.MaxBatch, one.DefaultBudgetMicros))));
        }

        public static void Schemas(GetAvatarSchemaResponse expected, AvatarSchema actual)
        {
            Assert.That(
                actual.Attributes.Select(one => (one.Name, string.Join("|", one.Choices), one.IsColor)),
                Is.EqualTo(expected.Attributes.Select(one => (one.Name, string.Join("|", one.Choices), one.IsColor))));
            Assert.That(actual.Expressions, Is.EqualTo(expected.Expressions));
        }

        public static void Avatar(StreamAvatarResponse expected, AvatarMessage actual, ReadOnlySpan<byte> payload)
        {
            Assert.That((int)actual.Kind, Is.EqualTo((int)expected.MessageCase));
            var opened = expected.Opened?.Slots.Take(AvatarMessage.MaxSlots) ?? Array.Empty<int>();
            Assert.That(actual.Slots.Take(actual.SlotCount), Is.EqualTo(opened));
            if (expected.Status != null)
            {
                Assert.That((actual.Status.Slot, actual.Status.FrameIndex), Is.EqualTo((expected.Status.Slot, expected.Status.FrameIndex)));
                Outcomes(expected.Status.Outcome, actual.Status.Outcome);
            }

            if (expected.Frame != null)
            {
                Frames(expected.Frame, actual.Frame);
                Assert.That(payload.SequenceEqual(expected.Frame.Payload.Span));
            }
        }

        public static void Dialogue(ConverseResponse expected, DialogueMessage actual)
        {
            Assert.That((int)actual.Kind, Is.EqualTo((int)expected.EventCase));
            Assert.That((actual.Conversation, actual.TurnId), Is.EqualTo((expected.ConversationId, expected.TurnId)));
            Assert.That(actual.Conversations, Is.EqualTo(expected.Opened?.ConversationIds.ToArray() ?? Array.Empty<string>()));
            var number = expected.Started?.PromptTokens ?? expected.Sentence?.Index ?? expected.HistoryCut?.KeptLineCount ?? 0;
            var text = expected.Token?.Text ?? expected.Sentence?.Text ?? expected.Done?.Text ?? expected.Action?.Name ?? string.Empty;
            Assert.That((actual.Number, actual.Text, actual.Late), Is.EqualTo((number, text, expected.Token?.Late ?? false)));
            Assert.That(actual.Dropped, Is.EqualTo(expected.HistoryCut?.DroppedLineCount ?? 0));
            var done = expected.Done ?? new TurnDone();
            Assert.That(
                (actual.CutText, actual.End.HistoryLineCount, actual.End.PromptComputeMicros),
                Is.EqualTo((done.CutText, done.HistoryLineCount, done.PromptComputeMicros)));
            Assert.That(
                ((int)actual.End.Finish, actual.End.PromptTokens, actual.End.CachedTokens, actual.End.ReplyTokens, actual.End.LateCount, actual.End.FirstTokenMicros),
                Is.EqualTo(((int)done.Finish, done.PromptTokens, done.CachedTokens, done.ReplyTokens, done.LateCount, done.FirstTokenMicros)));
            Timings(done.Timing, actual.End.Timing);
            Outcomes(done.Outcome, actual.End.Outcome);
            SameNpc.Dialogue(expected, actual);
        }

        public static void Recognition(RecognizeResponse expected, RecognitionMessage actual, ReadOnlySpan<byte> pose)
        {
            Assert.That((int)actual.Kind, Is.EqualTo((int)expected.MessageCase));
            if (expected.Status != null)
            {
                Assert.That(
                    (actual.Slot, actual.FrameIndex, (int)actual.Task),
                    Is.EqualTo((expected.Status.Slot, expected.Status.FrameIndex, (int)expected.Status.Kind)));
                Outcomes(expected.Status.Outcome, actual.Outcome);
            }

            if (expected.Result != null)
            {
                Results(expected.Result, actual);
            }

            Assert.That(pose.SequenceEqual((expected.Status?.Pose ?? expected.Result?.Pose ?? ByteString.Empty).Span));
        }

        private static string Texts(IEnumerable<TensorSpec> specs) => string.Join(
            "|", specs.Select(one => $"{one.Name} {(int)one.Type} {string.Join(" ", one.Dimensions.Select(each => (each.Least, each.Most)))}"));

        private static string Texts(IEnumerable<V1.TensorSpec> specs) => string.Join(
            "|", specs.Select(one => $"{one.Name} {(int)one.DataType} {string.Join(" ", one.Dimensions.Select(each => (each.Least, each.Most)))}"));

        private static void Limits(Limits expected, BridgeLimits actual)
        {
            Assert.That(
                (actual.MaxMessageBytes, actual.MaxImageBytes, actual.MaxImagePixels, actual.MaxSlotsPerStream, actual.MaxConversations, actual.MaxUnacknowledgedFrames),
                Is.EqualTo((expected.MaxMessageBytes, expected.MaxImageBytes, expected.MaxImagePixels, expected.MaxSlotsPerStream, expected.MaxConversationsPerSession, expected.MaxUnacknowledgedFrames)));
            Assert.That(
                (actual.MaxPoseBytes, actual.MaxTextBytes, actual.MaxContextTokens, actual.MaxBudgetMicros, actual.MaxChunkBytes),
                Is.EqualTo((expected.MaxPoseBytes, expected.MaxTextBytes, expected.MaxContextTokens, expected.MaxBudgetMicros, expected.MaxChunkBytes)));
            Assert.That(
                (actual.MaxTensorBytes, actual.MaxInferMessageBytes, actual.MaxWaitingTensorBytes, actual.MaxOpenInferences),
                Is.EqualTo((expected.MaxTensorBytes, expected.MaxInferMessageBytes, expected.MaxWaitingTensorBytes, expected.MaxOpenInferences)));
            Assert.That(
                (actual.MaxHistoryBytes, actual.MaxHistoryLines), Is.EqualTo((expected.MaxHistoryBytes, expected.MaxHistoryLines)));
            Assert.That(
                (actual.MaxNpcBytes, actual.MaxActionResultBytes), Is.EqualTo((expected.MaxNpcBytes, expected.MaxActionResultBytes)));
        }

        private static void Frames(V1.TextureFrame expected, in FrameHeader actual)
        {
            Assert.That(
                (actual.Slot, actual.FrameIndex, (int)actual.Format, actual.Width, actual.Height, actual.RowOrder, actual.ColorSpace),
                Is.EqualTo((expected.Slot, expected.FrameIndex, (int)expected.Format, expected.Width, expected.Height, (int)expected.RowOrder, (int)expected.ColorSpace)));
            Assert.That(
                (actual.AlphaMode, actual.Repeated, actual.ChunkOffset, actual.TotalBytes),
                Is.EqualTo(((int)expected.AlphaMode, expected.RepeatedFrame, expected.ChunkOffset, expected.TotalBytes)));
            Timings(expected.Timing, actual.Timing);
        }

        private static void Results(V1.RecognitionResult expected, RecognitionMessage actual)
        {
            Assert.That(
                (actual.Slot, actual.FrameIndex, (int)actual.Task, actual.SourceWidth, actual.SourceHeight, actual.Carried, actual.CarriedFromIndex),
                Is.EqualTo((expected.Slot, expected.FrameIndex, (int)expected.Kind, expected.SourceWidth, expected.SourceHeight, expected.Carried, expected.CarriedFromIndex)));
            Assert.That(actual.CarriedMicros, Is.EqualTo(expected.CarriedMicros));
            Assert.That(
                actual.CarriedFromPose.Take(actual.CarriedFromPoseLength),
                Is.EqualTo(expected.CarriedFromPose.Take(RecognitionMessage.MaxPoseBytes)));
            Timings(expected.Timing, actual.Timing);
            Assert.That(
                actual.Classifications.Take(actual.ClassificationCount).Select(one => (one.ClassId, one.Label, one.Score)),
                Is.EqualTo(expected.Classifications.Take(RecognitionMessage.MaxAnswers).Select(one => (one.ClassId, one.Label, one.Score))));
            Assert.That(
                actual.Detections.Take(actual.DetectionCount).Select(one => (one.ClassId, one.Label, one.Score, one.X, one.Y, one.Width, one.Height)),
                Is.EqualTo(expected.Detections.Take(RecognitionMessage.MaxAnswers).Select(one => (one.ClassId, one.Label, one.Score, one.X, one.Y, one.Width, one.Height))));
            Assert.That(
                actual.Detections.Take(actual.DetectionCount).Select(one => (one.TrackId, one.VelocityX, one.VelocityY, one.Predicted, one.UnseenSeconds)),
                Is.EqualTo(expected.Detections.Take(RecognitionMessage.MaxAnswers).Select(one => Tracked(one.Track ?? new Track()))));
        }

        private static (long, float, float, bool, double) Tracked(Track track) =>
            (track.Id, track.VelocityX, track.VelocityY, track.Predicted, track.UnseenMicros / 1e6);
    }
}
