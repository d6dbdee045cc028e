using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using CsCheck;
using FrameBridge.V1;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>What a conversation keeps of its history, and what of it goes up: as the server has it.</summary>
    public class HistoryTests : DialogueFixture
    {
        [SetUp]
        public void Take() => (Server.Limits.MaxHistoryLines, Server.Limits.MaxHistoryBytes) = (6, 4096);

        [Test]
        public async Task WhatWasSaidIsSavedAndGoesUpAfterItIsRestored()
        {
            var call = await Opened();
            await Say(call, "Hello", " Well met. ", 2);
            var saved = JsonSerializer.Deserialize<ConversationHistory>(
                JsonSerializer.Serialize(Conversation.Save(), Fields), Fields);
            Assert.That(saved.Persona, Is.EqualTo("You guard the gate."));
            Assert.That(Lines(saved), Is.EqualTo(new[] { "> Hello", "Well met." }));

            Conversation.Restore(saved);
            var turn = Conversation.Say("Again");
            var say = (await Heard(call, 3))[2].Say;
            Assert.That(Lines(say), Is.EqualTo(new[] { "> Hello", "Well met." }));
            Assert.That(say.Persona, Is.EqualTo("You guard the gate."));
            call.Say(Of(turn, new ConverseResponse { Started = new TurnStarted() }));
            call.Say(Done(turn, "Yes.", 4));
            await turn.WaitAsync();
            Conversation.Say("And now");
            Assert.That((await Heard(call, 4))[3].Say.History, Is.Null, "the server has it");
            Assert.That(Lines(Conversation.Save()), Is.EqualTo(new[] { "> Hello", "Well met.", "> Again", "Yes." }));
        }

        [Test]
        public async Task ARefusedTurnChangesNothingAndTheNextCarriesTheLinesAgain()
        {
            var call = await Opened();
            Conversation.Restore(new ConversationHistory { Lines = new[] { new ConversationLine { Text = "Halt!" }, new ConversationLine { Text = " " } } });
            var turn = Conversation.Say("Hello");
            call.Say(Of(turn, new ConverseResponse { Done = new TurnDone { Finish = V1.TurnFinish.Failed } }));
            await turn.WaitAsync();
            Conversation.Say("Hello");
            Assert.That((await Heard(call, 3)).Skip(1).Select(one => string.Join("|", Lines(one.Say))), Is.EqualTo(new[] { "Halt!", "Halt!" }));
            Assert.That(Lines(Conversation.Save()), Is.EqualTo(new[] { "Halt!" }));
        }

        [Test]
        public async Task LinesThatTheServerDroppedAreToldAndDroppedHere()
        {
            var call = await Opened();
            await Say(call, "One", "1", 2);
            await Say(call, "Two", "2", 4);
            var turn = Conversation.Say("Three");
            call.Say(Of(turn, new ConverseResponse { Started = new TurnStarted() }));
            call.Say(Of(turn, new ConverseResponse { HistoryCut = new TurnHistoryCut { DroppedLineCount = 2, KeptLineCount = 2 } }));
            call.Say(Done(turn, "3", 4));
            var result = await turn.WaitAsync();
            Assert.That(Drain(turn).Where(one => one.Kind == TurnEventKind.HistoryCut).Select(one => one.DroppedLineCount), Is.EqualTo(new[] { 2 }));
            Assert.That(result.HistoryLineCount, Is.EqualTo(4));
            Assert.That(Lines(Conversation.Save()), Is.EqualTo(new[] { "> Two", "2", "> Three", "3" }));
        }

        [Test]
        public async Task ATurnThatTheGameEndedIsKeptAsTheServerEndedIt()
        {
            var call = await Opened();
            var turn = Conversation.Say("Tell me");
            call.Say(Of(turn, new ConverseResponse { Started = new TurnStarted() }));
            call.Say(Token(turn, "Once"));
            await Expect.Until(() => turn.Text == "Once", "a token");
            turn.Interrupt();
            Assert.That(Conversation.Save().Lines, Is.Empty, "not ended there yet");
            call.Say(Done(turn, "Once upon", 2, V1.TurnFinish.Interrupted));
            await Say(call, "Go on", "No.", 4);
            Assert.That(Lines(Conversation.Save()), Is.EqualTo(new[] { "> Tell me", "Once upon", "> Go on", "No." }));
        }

        [Test]
        public async Task ALossWithinATurnMakesTheNextCarryWhatIsKnown()
        {
            var first = await Opened();
            var turn = Conversation.Say("Tell me");
            first.Say(Of(turn, new ConverseResponse { Started = new TurnStarted() }));
            first.Say(Token(turn, "Once"));
            await Expect.Until(() => turn.Text == "Once", "a token");
            first.Break();
            await turn.WaitAsync();
            var second = await Server.Call(BridgeStream.Dialogue, first);
            second.Say(new ConverseResponse { Opened = new ConverseOpened { ConversationIds = { "guard" } } });
            await Expect.Until(() => Client.Dialogue.IsOpen, "the stream is open");
            Conversation.Say("Go on");
            var say = (await Heard(second, 2))[1].Say;
            Assert.That(Lines(say), Is.EqualTo(new[] { "> Tell me", "Once" }));
            Assert.That(say.Persona, Is.EqualTo("You guard the gate."), "no text is put behind it");
        }

        [Test]
        public async Task WhatIsTakenBackIsToldWithTheEnd()
        {
            var call = await Opened();
            Conversation.WholeSentences = true;
            var turn = Conversation.Say("Tell me");
            Assert.That((await Heard(call, 2))[1].Say.WholeSentences);
            call.Say(Of(turn, new ConverseResponse { Started = new TurnStarted() }));
            call.Say(Token(turn, "Yes. And"));
            var done = new TurnDone { Finish = V1.TurnFinish.Length, Text = "Yes.", CutText = " And", HistoryLineCount = 2, PromptComputeMicros = 250_000 };
            call.Say(Of(turn, new ConverseResponse { Done = done }));
            var result = await turn.WaitAsync();
            Assert.That((result.Text, result.CutText, result.PromptComputeSeconds), Is.EqualTo(("Yes.", " And", 0.25)));
            Assert.That(Lines(Conversation.Save()), Is.EqualTo(new[] { "> Tell me", "Yes." }));
        }

        [Test]
        public void OfMoreThanTheServerTakesTheNewestGo() => Gen.Select(Gen.String[Gen.Char["aß\u6f22 "], 0, 9].Array[0, 20], Gen.Int[1, 12], Gen.Int[1, 60]).Sample(
            (texts, lines, bytes) =>
            {
                var mirror = new HistoryMirror();
                mirror.Restore(texts.Select(text => new ConversationLine { Text = text }).ToArray());
                var all = mirror.ToArray();
                Assert.That(all.Length, Is.EqualTo(texts.Count(text => text.Trim().Length > 0)));
                var sent = mirror.LinesToSend(new BridgeLimits { MaxHistoryLines = lines, MaxHistoryBytes = bytes });
                Assert.That(sent, Is.EqualTo(all.Skip(all.Length - sent.Length)));
                int Size(IEnumerable<ConversationLine> some) => some.Sum(line => System.Text.Encoding.UTF8.GetByteCount(line.Text));
                Assert.That((sent.Length <= lines, Size(sent) <= bytes), Is.EqualTo((true, true)));
                Assert.That(
                    sent.Length == all.Length || sent.Length == lines || Size(all.Skip(all.Length - sent.Length - 1)) > bytes, "no fewer than fit");
            });

        [Test]
        public void NothingIsNoHistory() => Assert.Throws<ArgumentNullException>(() => Conversation.Restore(null));

        private static readonly JsonSerializerOptions Fields = new JsonSerializerOptions { IncludeFields = true };

        private static ConverseResponse Done(Turn turn, string text, int lines, V1.TurnFinish finish = V1.TurnFinish.End) =>
            Of(turn, new ConverseResponse { Done = new TurnDone { Finish = finish, Text = text, HistoryLineCount = lines } });

        private static string[] Lines(ConversationHistory history) => history.Lines.Select(line => (line.IsPlayer ? "> " : string.Empty) + line.Text).ToArray();

        private static string[] Lines(ConverseSay say) => say.History.Lines
            .Select(line => line.SpeakerCase == ConverseLine.SpeakerOneofCase.Player ? "> " + line.Player : line.Character).ToArray();

        private async Task Say(ScriptedCall call, string text, string reply, int lines)
        {
            var turn = Conversation.Say(text);
            call.Say(Of(turn, new ConverseResponse { Started = new TurnStarted() }));
            call.Say(Done(turn, reply, lines));
            await turn.WaitAsync();
        }
    }
}
