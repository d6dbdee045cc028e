using System.Linq;
using CsCheck;
using FrameBridge.V1;
using Google.Protobuf;

namespace FrameBridge.Tests
{
    /// <summary>Random messages of the contract, by the generated code.</summary>
    internal static class Generators
    {
        private static readonly Gen<long> Numbers = Gen.OneOf(Gen.Long, Gen.Const(0L), Gen.Long[-5, 500]);
        private static readonly Gen<int> Counts = Gen.OneOf(Gen.Int, Gen.Const(0), Gen.Int[-5, 500]);
        private static readonly Gen<float> Floats = Gen.OneOf(Gen.Float[-1e6f, 1e6f], Gen.Const(0f), Gen.Const(float.NaN));
        private static readonly Gen<string> Texts = Gen.OneOf(
            Gen.Const(string.Empty), Gen.String[Gen.Char.AlphaNumeric, 0, 90], Gen.OneOf(Gen.Const("avatar.64"), Gen.Const("größer"), Gen.Const("日本"), Gen.Const("🎮")));

        private static readonly Gen<byte[]> Payloads = Gen.Byte.Array[0, 300];

        public static readonly Gen<Timing> Timings =
            from longs in Numbers.Array[7]
            from ints in Counts.Array[3]
            from texts in Texts.Array[2]
            select new Timing
            {
                QueueMicros = longs[0],
                BatchWaitMicros = longs[1],
                BlockedMicros = longs[2],
                ComputeMicros = longs[3],
                EncodeMicros = longs[4],
                ServerMicros = longs[5],
                DecodeMicros = longs[6],
                BatchSize = ints[0],
                SliceCount = ints[1],
                RungIndex = ints[2],
                Rung = texts[0],
                ModelVersion = texts[1],
            };

        public static readonly Gen<V1.Outcome> Outcomes =
            from ints in Gen.Int[0, 20].Array[3]
            from longs in Numbers.Array[2]
            from texts in Texts.Array[2]
            from flag in Gen.Bool
            from timing in Timings
            from has in Gen.Bool.Array[2]
            select new V1.Outcome
            {
                Disposition = (V1.Disposition)ints[0],
                Stage = (V1.Stage)ints[1],
                OverMicros = longs[0],
                BlockedBy = texts[0],
                Timing = has[0] ? timing : null,
                Error = !has[1] ? null : new ErrorDetail
                {
                    Reason = (V1.ErrorReason)ints[2],
                    Message = texts[1],
                    Retryable = flag,
                    RetryAfterMicros = longs[1],
                },
            };

        public static readonly Gen<StreamAvatarResponse> AvatarResponses = Gen.OneOf(
            from slots in Counts.Array[0, 20]
            select new StreamAvatarResponse { Opened = new AvatarOpened { Slots = { slots } } },
            from slot in Counts
            from index in Numbers
            from outcome in Outcomes
            select new StreamAvatarResponse { Status = new AvatarStatus { Slot = slot, FrameIndex = index, Outcome = outcome } },
            from ints in Counts.Array[9]
            from index in Numbers
            from flag in Gen.Bool
            from timing in Timings
            from payload in Payloads
            select new StreamAvatarResponse
            {
                Frame = new V1.TextureFrame
                {
                    Slot = ints[0],
                    FrameIndex = index,
                    Format = (TextureFormat)ints[1],
                    Width = ints[2],
                    Height = ints[3],
                    RowOrder = (RowOrder)ints[4],
                    ColorSpace = (ColorSpace)ints[5],
                    AlphaMode = (AlphaMode)ints[6],
                    RepeatedFrame = flag,
                    ChunkOffset = ints[7],
                    TotalBytes = ints[8],
                    Timing = timing,
                    Shared = flag ? new SharedPayload { OffsetBytes = index, Stamp = 5 } : null,
                    Payload = ByteString.CopyFrom(payload),
                },
            });

        private static readonly Gen<TurnDone> Ends =
            from finish in Gen.Int[0, 6]
            from ints in Counts.Array[5]
            from times in Numbers.Array[2]
            from texts in Texts.Array[2]
            from timing in Timings
            from outcome in Outcomes
            from moderation in NpcGenerators.Moderations
            from has in Gen.Bool.Array[3]
            select new TurnDone
            {
                Finish = (V1.TurnFinish)finish,
                Text = texts[0],
                CutText = texts[1],
                PromptTokens = ints[0],
                CachedTokens = ints[1],
                ReplyTokens = ints[2],
                LateCount = ints[3],
                HistoryLineCount = ints[4],
                FirstTokenMicros = times[0],
                PromptComputeMicros = times[1],
                Timing = has[0] ? timing : null,
                Outcome = has[1] ? outcome : null,
                Moderation = has[2] ? moderation : null,
            };

        public static readonly Gen<ConverseResponse> DialogueResponses =
            from name in Texts
            from turn in Numbers
            from response in Gen.OneOf(
                from names in Texts.Array[0, 5]
                select new ConverseResponse { Opened = new ConverseOpened { ConversationIds = { names } } },
                from tokens in Counts
                select new ConverseResponse { Started = new TurnStarted { PromptTokens = tokens } },
                from text in Texts
                from late in Gen.Bool
                select new ConverseResponse { Token = new TurnToken { Text = text, Late = late } },
                from sentence in NpcGenerators.Sentences
                select new ConverseResponse { Sentence = sentence },
                from action in NpcGenerators.Calls
                select new ConverseResponse { Action = action },
                from id in Texts
                from ending in Gen.Int[0, 4]
                select new ConverseResponse { ActionEnded = new TurnActionEnded { CallId = id, Ending = (V1.ActionEnding)ending } },
                from trace in NpcGenerators.Traces
                select new ConverseResponse { Trace = trace },
                from counts in Counts.Array[2]
                select new ConverseResponse { HistoryCut = new TurnHistoryCut { DroppedLineCount = counts[0], KeptLineCount = counts[1] } },
                from done in Ends
                select new ConverseResponse { Done = done })
            select Named(response, name, turn);

        private static readonly Gen<V1.Classification> Classes =
            from id in Counts
            from label in Texts
            from score in Floats
            select new V1.Classification { ClassId = id, Label = label, Score = score };

        private static readonly Gen<V1.Track> Tracks = Gen.OneOf(
            Gen.Const(0).Select(_ => (V1.Track)null),
            from numbers in Numbers.Array[2]
            from floats in Floats.Array[2]
            from predicted in Gen.Bool
            select new V1.Track { Id = numbers[0], VelocityX = floats[0], VelocityY = floats[1], Predicted = predicted, UnseenMicros = numbers[1] });

        private static readonly Gen<V1.Detection> Boxes =
            from id in Counts
            from label in Texts
            from floats in Floats.Array[5]
            from track in Tracks
            select new V1.Detection { ClassId = id, Label = label, Score = floats[0], X = floats[1], Y = floats[2], Width = floats[3], Height = floats[4], Track = track };

        public static readonly Gen<RecognizeResponse> RecognitionResponses = Gen.OneOf(
            Gen.Const(0).Select(_ => new RecognizeResponse { Opened = new RecognizeOpened() }),
            from slot in Counts
            from index in Numbers
            from kind in Gen.Int[0, 4]
            from outcome in Outcomes
            from pose in Payloads
            select new RecognizeResponse
            {
                Status = new RecognitionStatus
                {
                    Slot = slot, FrameIndex = index, Kind = (V1.RecognitionKind)kind, Outcome = outcome, Pose = ByteString.CopyFrom(pose),
                },
            },
            from ints in Counts.Array[3]
            from longs in Numbers.Array[3]
            from kind in Gen.Int[0, 4]
            from flag in Gen.Bool
            from classes in Classes.Array[0, 8]
            from boxes in Boxes.Array[0, 120]
            from timing in Timings
            from pose in Payloads
            from seen in Payloads
            select new RecognizeResponse
            {
                Result = new V1.RecognitionResult
                {
                    Slot = ints[0],
                    FrameIndex = longs[0],
                    Kind = (V1.RecognitionKind)kind,
                    Pose = ByteString.CopyFrom(pose),
                    SourceWidth = ints[1],
                    SourceHeight = ints[2],
                    Classifications = { classes },
                    Detections = { boxes },
                    Carried = flag,
                    CarriedFromIndex = longs[1],
                    CarriedMicros = longs[2],
                    CarriedFromPose = ByteString.CopyFrom(seen),
                    Timing = timing,
                },
            });

        private static ConverseResponse Named(ConverseResponse response, string name, long turn)
        {
            var copy = response.Clone();
            copy.ConversationId = name;
            copy.TurnId = turn;
            return copy;
        }
    }
}
