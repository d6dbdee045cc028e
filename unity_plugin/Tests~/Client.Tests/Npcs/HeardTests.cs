using System;
using System.Linq;
using System.Threading.Tasks;
using FrameBridge.V1;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>What the player has heard of a reply: the conversation keeps that, here and on the server.</summary>
    public class HeardTests : NpcFixture
    {
        [Test]
        public async Task OfATurnThatIsEndedOnlyWhatWasHeardStays()
        {
            var call = await Opened();
            var turn = Conversation.Say("Tell me");
            call.Say(Of(turn, new ConverseResponse { Started = new TurnStarted() }));
            call.Say(Token(turn, "Ha 🎮! Once upon a time"));
            await Expect.Until(() => turn.Text.Length > 0, "a token");
            turn.Interrupt(heard: 5); // the game pad is two characters here and one there
            call.Say(Done(turn, "Ha 🎮! Once upon a time", 2, V1.TurnFinish.Interrupted));
            await Talk(call, "Go on", "No.", 4);
            Assert.That((await Heard(call, 3))[2].Interrupt.Heard, Is.EqualTo(4));
            Assert.That(turn.Result.Finish, Is.EqualTo(TurnFinish.Interrupted));
            Assert.That(Lines(), Is.EqualTo(new[] { "Tell me", "Ha 🎮", "Go on", "No." }));
            Assert.That(Conversation.History.Select(one => one.Reply), Is.EqualTo(new[] { "Ha 🎮", "No." }));
        }

        [TestCase(9, "You said:")]
        [TestCase(3, "You")]
        [TestCase(0, null)]
        public async Task OfTheNewestTurnThatIsOverOnlyWhatWasHeardStays(int heard, string kept)
        {
            var call = await Opened();
            var turn = await Talk(call, "hello", "You said: hello", 2);
            turn.Interrupt(heard);
            Assert.That((await Heard(call, 3))[2].Interrupt.Heard, Is.EqualTo(heard));
            Assert.That(Lines(), Is.EqualTo(kept == null ? new[] { "hello" } : new[] { "hello", kept }));
            Assert.That(Conversation.History.Select(one => one.Reply), Is.EqualTo(kept == null ? new string[0] : new[] { kept }));
            Assert.That(turn.Result.Text, Is.EqualTo("You said: hello"), "what was sent");
        }

        [Test]
        public async Task AllThatWasHeardChangesNothingAndNeitherDoesAnOlderTurn()
        {
            var call = await Opened();
            var first = await Talk(call, "one", "First.", 2);
            var second = await Talk(call, "two", "Second.", 4);
            second.Interrupt(100);
            first.Interrupt(1);
            Assert.That(Lines(), Is.EqualTo(new[] { "one", "First.", "two", "Second." }));
            Assert.That((await Heard(call, 4)).Count(one => one.Interrupt != null), Is.EqualTo(1));
            Assert.Throws<ArgumentOutOfRangeException>(() => second.Interrupt(-1));
        }

        [Test]
        public async Task AnOlderServerKeepsAllAndSoDoesItsMirror()
        {
            Server.Limits.MaxNpcBytes = 0;
            var call = await Opened();
            (await Talk(call, "hello", "You said: hello", 2)).Interrupt(3);
            Assert.That(Lines(), Is.EqualTo(new[] { "hello", "You said: hello" }));
        }

        private string[] Lines() => Conversation.Save().Lines.Select(line => line.Text).ToArray();
    }
}
