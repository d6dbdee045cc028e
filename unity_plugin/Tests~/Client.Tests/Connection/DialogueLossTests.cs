using System;
using System.Linq;
using System.Threading.Tasks;
using FrameBridge.V1;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Turns while the connection is lost, not yet open or closed.</summary>
    public class DialogueLossTests : DialogueFixture
    {
        [Test]
        public async Task ALossEndsTheTurnWithOneEventAndTheNextCarriesTheHistory()
        {
            var first = await Opened();
            var whole = Conversation.Say("My name is Ada");
            Reply(first, whole, "Hello Ada.");
            await whole.WaitAsync();
            var turn = Conversation.Say("And yours?");
            first.Say(Token(turn, "I am"));
            await Expect.Until(() => turn.Text == "I am", "a token");
            Server.Remembers = false;
            first.Break();
            var result = await turn.WaitAsync();
            Assert.That((whole.MemoryLost, result.MemoryLost), Is.EqualTo((false, false)));
            Assert.That((result.Finish, result.Outcome.Reason, result.Text), Is.EqualTo((TurnFinish.Failed, ErrorReason.ConnectionLost, "I am")));
            Assert.That(Drain(turn).Select(one => one.Kind), Is.EqualTo(new[] { TurnEventKind.Token, TurnEventKind.Done }));
            var second = await Opened(first);
            var next = Conversation.Say("What was that?");
            var say = (await Heard(second, 2))[1].Say;
            Assert.That(say.Persona, Does.StartWith("You guard the gate.").And.Contain("My name is Ada").And.Contain("Hello Ada.").And.Contain("I am"));
            Assert.That(say.TurnId, Is.GreaterThan(turn.TurnId));
            Assert.That(next.MemoryLost, "the game is told");
            Reply(second, next, "Nothing.");
            var heard = await next.WaitAsync();
            Assert.That((heard.IsComplete, heard.MemoryLost), Is.EqualTo((true, true)));
            Assert.That(Conversation.Say("Good").MemoryLost, Is.False, "once the server has taken a turn");
            Assert.That((await Heard(second, 3))[2].Say.Persona, Is.EqualTo(say.Persona), "what the server has is not carried twice");
        }

        [Test]
        public async Task AConversationThatTheServerKeptCarriesNothing()
        {
            var first = await Opened();
            var turn = Conversation.Say("My name is Ada");
            Reply(first, turn, "Hello Ada.");
            await turn.WaitAsync();
            first.Break();
            var second = await Server.Call(BridgeStream.Dialogue, first);
            second.Say(new ConverseResponse { Opened = new ConverseOpened { ConversationIds = { "guard" } } });
            await Expect.Until(() => Client.Dialogue.IsOpen, "the stream is open");
            Assert.That(Conversation.Say("And yours?").MemoryLost, Is.False);
            Assert.That((await Heard(second, 2))[1].Say.Persona, Is.EqualTo("You guard the gate."));
        }

        [Test]
        public async Task OfTwoConversationsTheOneThatTheServerForgotTellsSo()
        {
            var smith = Client.Dialogue.Open("smith");
            smith.Persona = "You are a smith.";
            var stranger = Client.Dialogue.Open("stranger");
            var first = await Opened();
            var turn = Conversation.Say("My name is Ada");
            Reply(first, turn, "Hello Ada.");
            await turn.WaitAsync();
            var forging = smith.Say("Hello");
            foreach (var answer in new[]
            {
                new ConverseResponse { Started = new TurnStarted() }, new ConverseResponse { Done = new TurnDone { Finish = V1.TurnFinish.End, Text = "Hm." } },
            })
            {
                (answer.ConversationId, answer.TurnId) = ("smith", forging.TurnId);
                first.Say(answer);
            }

            await forging.WaitAsync();
            first.Break();
            var second = await Server.Call(BridgeStream.Dialogue, first);
            smith.Persona = "You are an old smith."; // while the connection is being restored
            second.Say(new ConverseResponse { Opened = new ConverseOpened { ConversationIds = { "guard" } } });
            await Expect.Until(() => Client.Dialogue.IsOpen, "the stream is open");
            Assert.That(
                (Conversation.Say("Hello").MemoryLost, smith.Say("Hello").MemoryLost, stranger.Say("Hello").MemoryLost),
                Is.EqualTo((false, true, false)));
            Assert.That((await Heard(second, 4))[2].Say.Persona, Does.StartWith("You are an old smith.").And.Contain("Hm."));
        }

        [Test]
        public void WordsThatCannotGoUpEndTheirTurnAtOnce()
        {
            using var offline = new BridgeClient(Server.Options());
            var turn = offline.Dialogue.Open("guard").Say("Hello");
            Assert.That((turn.IsOver, turn.Result.Finish, turn.Result.Outcome.Reason), Is.EqualTo((true, TurnFinish.Failed, ErrorReason.ConnectionLost)));
            Assert.Throws<ArgumentException>(() => Conversation.Say(" "));
        }

        [Test]
        public async Task WordsSaidWhileTheStreamOpensWaitForIt()
        {
            var first = Conversation.Say("Hello");
            var turn = Conversation.Say("Good evening");
            Assert.That((first.IsOver, turn.IsOver), Is.EqualTo((true, false)));
            var call = await Opened();
            var up = await Heard(call, 2);
            Assert.That((up[1].Say.Text, up[1].Say.TurnId), Is.EqualTo(("Good evening", turn.TurnId)));
            Reply(call, turn, "Yes");
            Assert.That((await turn.WaitAsync()).IsComplete);
        }

        [Test]
        public async Task WordsThatWereTakenBackWhileTheStreamOpensDoNotGoUp()
        {
            Conversation.Say("Hello").Interrupt();
            var call = await Opened();
            var turn = Conversation.Say("Good evening");
            Assert.That((await Heard(call, 2))[1].Say.TurnId, Is.EqualTo(turn.TurnId));
        }

        [Test]
        public async Task AStreamThatDoesNotOpenInTimeEndsTheTurn()
        {
            var options = Server.Options();
            options.TimeoutSeconds = 0.05;
            using var client = new BridgeClient(options);
            await client.ConnectAsync();
            var turn = client.Dialogue.Open().Say("Hello");
            var result = await turn.WaitAsync();
            Assert.That((result.Finish, result.Outcome.Reason), Is.EqualTo((TurnFinish.Failed, ErrorReason.ConnectionLost)));
            Assert.That(result.Outcome.Message, Does.Contain("did not open"));
            Assert.That(Drain(turn).Select(one => one.Kind), Is.EqualTo(new[] { TurnEventKind.Done }));
        }

        [Test]
        public async Task ClosingEndsATurnThatWaits()
        {
            var turn = Conversation.Say("Hello");
            Client.Close();
            Assert.That((await turn.WaitAsync()).Finish, Is.EqualTo(TurnFinish.Failed));
        }
    }
}
