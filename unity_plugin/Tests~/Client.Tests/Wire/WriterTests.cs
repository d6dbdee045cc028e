using System;
using System.Linq;
using CsCheck;
using FrameBridge.V1;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>The generated code reads what our writers write.</summary>
    public class WriterTests
    {
        private static readonly Gen<string> Texts = Gen.OneOf(Gen.Const(string.Empty), Gen.String[Gen.Char.AlphaNumeric, 0, 40], Gen.Const("größer"), Gen.Const("🎮"));
        private static readonly Gen<long> Numbers = Gen.OneOf(Gen.Long, Gen.Long[0, 500]);

        private static readonly Gen<Budget> Budgets =
            from longs in Gen.OneOf(Gen.Long, Gen.Const(0L)).Array[3]
            from ladder in Gen.Int[0, 2]
            select new Budget { BudgetMicros = longs[0], LinkMicros = longs[1], LinkBytesPerSecond = longs[2], Ladder = (LadderPolicy)ladder };

        [Test]
        public void Looks() => Gen.Select(Gen.Int, Numbers, Gen.Select(Texts, Texts).Array[0, 5], Texts, Gen.Float, Numbers).Sample(
            (slot, seed, attributes, expression, intensity, morph) =>
            {
                var named = attributes.Select(one => new AvatarAttribute(one.Item1 + "x", one.Item2)).ToArray();
                var request = Avatar(writer => AvatarRequests.SetLook(writer, slot, new AvatarLook(seed, named, expression, intensity), morph)).Look;
                Assert.That((request.Slot, request.Look.Seed, request.MorphMicros), Is.EqualTo((slot, seed, morph)));
                Assert.That(request.Look.Attributes.Select(one => (one.Name, one.Value)), Is.EqualTo(named.Select(one => (one.Name, one.Value))));
                Assert.That(request.Look.Expression?.Name ?? string.Empty, Is.EqualTo(expression));
                Assert.That(request.Look.Expression?.Intensity ?? intensity, Is.EqualTo(intensity));
            });

        [Test]
        public void Frames() => Gen.Select(Gen.Int, Numbers, Budgets, Gen.Int[0, 9], Numbers, Numbers).Sample(
            (slot, index, budget, format, last, late) =>
            {
                var request = Avatar(writer => AvatarRequests.Frame(writer, slot, index, budget, (FrameFormat)format, last, late)).Frame;
                Assert.That(
                    (request.Slot, request.FrameIndex, (int)request.Format, request.LastReceivedIndex, request.LateFrameCount),
                    Is.EqualTo((slot, index, format, last, late)));
                Equal(budget, request.Budget);
            });

        [Test]
        public void TheRestOfTheAvatarStream() => Gen.Select(Gen.Int, Gen.Float, Budgets, Numbers, Texts).Sample(
            (slot, rate, budget, number, text) =>
            {
                var wanted = new Subscription { FramesPerSecond = rate, Format = FrameFormat.Bc3, HeartbeatSeconds = 0.5 };
                var subscribe = Avatar(writer => AvatarRequests.Subscribe(writer, slot, wanted, budget)).Subscribe;
                Assert.That((subscribe.Slot, subscribe.FramesPerSecond, subscribe.Format), Is.EqualTo((slot, rate, TextureFormat.Bc3)));
                Assert.That(subscribe.HeartbeatMicros, Is.EqualTo(500_000));
                Equal(budget, subscribe.Budget);
                Assert.That(Avatar(writer => AvatarRequests.Open(writer, text)).Open.SessionId, Is.EqualTo(text));
                Assert.That(Avatar(writer => AvatarRequests.Unsubscribe(writer, slot)).Unsubscribe.Slot, Is.EqualTo(slot));
                Assert.That(Avatar(writer => AvatarRequests.CloseSlot(writer, slot)).CloseSlot.Slot, Is.EqualTo(slot));
                var acknowledge = Avatar(writer => AvatarRequests.Acknowledge(writer, slot, number, 7, budget)).Acknowledge;
                Assert.That((acknowledge.Slot, acknowledge.LastReceivedIndex, acknowledge.LateFrameCount), Is.EqualTo((slot, number, 7)));
                Assert.That(
                    (acknowledge.LinkMicros, acknowledge.LinkBytesPerSecond), Is.EqualTo((budget.LinkMicros, budget.LinkBytesPerSecond)));
            });

        [Test]
        public void Words() => Gen.Select(Texts.Array[3], Texts.Array[0, 4], Gen.Float.Array[3], Numbers.Array[3], Gen.Int, Budgets).Sample(
            (texts, stops, floats, longs, most, budget) =>
            {
                var sampling = new Sampling
                {
                    Temperature = floats[0], TopP = floats[1], RepetitionPenalty = floats[2], Seed = longs[0], MaxTokens = most, Stop = stops,
                };
                var say = Dialogue(writer => DialogueRequests.Say(writer, texts[0], longs[1], texts[1], texts[2], sampling, budget, longs[2])).Say;
                Assert.That(
                    (say.ConversationId, say.TurnId, say.Text, say.Persona, say.PaceMicros),
                    Is.EqualTo((texts[0], longs[1], texts[1], texts[2], longs[2])));
                Assert.That(
                    (say.Sampling.Temperature, say.Sampling.TopP, say.Sampling.RepetitionPenalty, say.Sampling.Seed, say.Sampling.MaxNewTokens),
                    Is.EqualTo((floats[0], floats[1], floats[2], longs[0], most)));
                Assert.That(say.Sampling.Stop, Is.EqualTo(stops));
                Equal(budget, say.Budget);
            });

        [Test]
        public void WordsForAServerThatKnowsChanges() => Gen.Select(Texts.Array[3], Texts.Array[0, 9], Gen.Bool.Array[5], Gen.Float.Array[3], Numbers, Budgets).Sample(
            (texts, lines, has, floats, seed, budget) =>
            {
                var sampling = new Sampling
                {
                    Temperature = has[0] ? floats[0] : (float?)null,
                    TopP = has[1] ? floats[1] : (float?)null,
                    RepetitionPenalty = has[2] ? 0f : (float?)null,
                    Seed = seed,
                };
                var history = has[3] ? lines.Select((text, at) => new ConversationLine { IsPlayer = at % 3 != 1, Text = text }).ToArray() : null;
                var say = Dialogue(writer => DialogueRequests.Say(writer, texts[0], 3, texts[1], texts[2], sampling, budget, 4, history, has[4])).Say;
                Assert.That(
                    (say.ConversationId, say.TurnId, say.Text, say.Persona, say.PaceMicros, say.WholeSentences),
                    Is.EqualTo((texts[0], 3L, texts[1], texts[2], 4L, has[4])));
                Equal(budget, say.Budget);
                Assert.That(say.Sampling, Is.Null);
                Assert.That(say.SamplingChanges != null, Is.EqualTo(sampling.IsSet));
                var changes = say.SamplingChanges ?? new SamplingChanges();
                Assert.That((changes.HasTemperature, changes.HasTopP, changes.HasRepetitionPenalty, changes.HasMaxNewTokens), Is.EqualTo((has[0], has[1], has[2], false)));
                Assert.That((changes.Temperature, changes.TopP, changes.Seed), Is.EqualTo((has[0] ? floats[0] : 0f, has[1] ? floats[1] : 0f, seed)));
                Assert.That(
                    say.History?.Lines.Select(line => (line.SpeakerCase == ConverseLine.SpeakerOneofCase.Player, line.Player + line.Character)),
                    Is.EqualTo(history?.Select(line => (line.IsPlayer, line.Text))));
            });

        [Test]
        public void TheRestOfTheDialogueStream()
        {
            Assert.That(Dialogue(writer => DialogueRequests.Open(writer, "s")).Open.SessionId, Is.EqualTo("s"));
            Assert.That(Dialogue(writer => DialogueRequests.Forget(writer, "c")).Forget.ConversationId, Is.EqualTo("c"));
            var interrupt = Dialogue(writer => DialogueRequests.Interrupt(writer, "c", 5)).Interrupt;
            Assert.That((interrupt.ConversationId, interrupt.TurnId), Is.EqualTo(("c", 5L)));
            var say = Dialogue(writer => DialogueRequests.Say(writer, "c", 1, "t", null, null, default, 0)).Say;
            Assert.That((say.Persona, say.Sampling), Is.EqualTo((string.Empty, (V1.Sampling)null)));
        }

        [Test]
        public void Pictures() => Gen.Select(Gen.Int.Array[4], Numbers.Array[2], Gen.Byte.Array[0, 30], Gen.Byte.Array[0, 3000], Gen.Int[1, 2], Gen.Bool).Sample(
            (ints, longs, pose, pixels, count, bottomUp) =>
            {
                var tasks = new[]
                {
                    new RecognitionTask { Kind = RecognitionKind.Detect, BudgetSeconds = 0.15, ScoreThreshold = 0.5f, MaxResults = 7 },
                    new RecognitionTask { Kind = RecognitionKind.Classify, BudgetSeconds = 0.066, Ladder = LadderPolicy.BestOnly },
                };
                var image = new CameraImage { Format = ImageFormat.Rgba32, Width = ints[1], Height = ints[2], RowStrideBytes = ints[3], BottomUp = bottomUp };
                var frame = Recognition(writer => RecognitionRequests.Frame(
                    writer, ints[0], longs[0], tasks.AsSpan(0, count), 900, pose, longs[1], image, pixels)).Frame;
                Assert.That((frame.Slot, frame.FrameIndex, frame.LateResultCount), Is.EqualTo((ints[0], longs[0], longs[1])));
                Assert.That(frame.Pose.Span.SequenceEqual(pose) && frame.Image.Data.Span.SequenceEqual(pixels));
                Assert.That(
                    (frame.Image.Format, frame.Image.Width, frame.Image.Height, frame.Image.RowStrideBytes, frame.Image.RowOrder),
                    Is.EqualTo((V1.ImageFormat.Rgba32, ints[1], ints[2], ints[3], bottomUp ? RowOrder.BottomUp : RowOrder.TopDown)));
                Assert.That(frame.Tasks.Count, Is.EqualTo(count));
                Assert.That((frame.Tasks[0].Kind, frame.Tasks[0].ScoreThreshold, frame.Tasks[0].MaxResults), Is.EqualTo((V1.RecognitionKind.Detect, 0.5f, 7)));
                Assert.That((frame.Tasks[0].Budget.BudgetMicros, frame.Tasks[0].Budget.LinkMicros), Is.EqualTo((150_000L, 900L)));
            });

        [Test]
        public void AFrameWithoutAPicture() => Gen.Select(Gen.Int, Numbers.Array[2], Gen.Byte.Array[0, 30], Gen.Bool).Sample(
            (slot, longs, pose, byAppearance) =>
            {
                var tasks = new[] { new RecognitionTask { Kind = RecognitionKind.Track, BudgetSeconds = 0.016, ByAppearance = byAppearance } };
                var frame = Recognition(writer => RecognitionRequests.Frame(writer, slot, longs[0], tasks, 900, pose, longs[1])).Frame;
                Assert.That(
                    (frame.Slot, frame.FrameIndex, frame.LateResultCount, frame.Image), Is.EqualTo((slot, longs[0], longs[1], (Image)null)));
                Assert.That(frame.Pose.Span.SequenceEqual(pose));
                var task = frame.Tasks.Single();
                Assert.That(
                    (task.Kind, task.ByAppearance, task.Budget.BudgetMicros, task.Budget.LinkMicros),
                    Is.EqualTo((V1.RecognitionKind.Track, byAppearance, 16_000L, 900L)));
            });

        [Test]
        public void AMessageOverTheLimitIsRefusedWithASentence()
        {
            var writer = new WireWriter(16, 1024);
            var error = Assert.Throws<BridgeException>(() => DialogueRequests.Open(writer, new string('x', 2000)));
            Assert.That((error.Reason, error.Message), Is.EqualTo((ErrorReason.TooLarge, error.Message)));
            Assert.That(error.Message, Does.Contain("1024"));
        }

        private static void Equal(Budget expected, V1.Budget actual) => Assert.That(
            (actual.BudgetMicros, actual.LinkMicros, actual.LinkBytesPerSecond, (int)actual.Ladder),
            Is.EqualTo((expected.BudgetMicros, expected.LinkMicros, expected.LinkBytesPerSecond, (int)expected.Ladder)));

        private static byte[] Written(Action<WireWriter> write)
        {
            var writer = new WireWriter(8, 1024 * 1024);
            write(writer);
            return writer.Written.ToArray();
        }

        private static StreamAvatarRequest Avatar(Action<WireWriter> write) => StreamAvatarRequest.Parser.ParseFrom(Written(write));

        private static ConverseRequest Dialogue(Action<WireWriter> write) => ConverseRequest.Parser.ParseFrom(Written(write));

        private static RecognizeRequest Recognition(Action<WireWriter> write) => RecognizeRequest.Parser.ParseFrom(Written(write));
    }
}
