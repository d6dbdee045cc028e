using System;
using System.Linq;
using System.Threading.Tasks;
using FrameBridge.V1;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>A loop over the events of a turn that is left early.</summary>
    public class TurnLoopTests : DialogueFixture
    {
        [TestCase("broken out of")]
        [TestCase("thrown out of")]
        [TestCase("cancelled")]
        [TestCase("closed by hand")]
        public async Task ALoopThatIsLeftEndsItsTurnAndTheNextWordsAreAnswered(string how)
        {
            var call = await Opened();
            var turn = Conversation.Say("Hello", 30);
            call.Say(Token(turn, "Well"));
            await Leave(turn, how);
            Assert.That((turn.IsOver, turn.Result.Finish, turn.Result.Text), Is.EqualTo((true, TurnFinish.Interrupted, "Well")));
            call.Say(Token(turn, "too late"));
            var next = Conversation.Say("Again", 30);
            Reply(call, next, "Yes");
            Assert.That((await next.WaitAsync()).IsComplete);
            Assert.That(Drain(turn).Select(one => one.Kind), Is.EqualTo(new[] { TurnEventKind.Done }));
            var up = await Heard(call, 4);
            Assert.That((up[2].Interrupt.TurnId, up[3].Say.TurnId), Is.EqualTo((turn.TurnId, next.TurnId)));
        }

        [Test]
        public async Task ALoopThatIsLeftBeforeItBeganEndsItsTurn()
        {
            var call = await Opened();
            var turn = Conversation.Say("Hello", 30);
            await turn.EventsAsync().GetAsyncEnumerator().DisposeAsync();
            Assert.That((turn.IsOver, turn.Result.Finish), Is.EqualTo((true, TurnFinish.Interrupted)));
            Assert.That((await Heard(call, 3))[2].Interrupt.TurnId, Is.EqualTo(turn.TurnId));
        }

        [Test]
        public async Task ALoopThatIsLeftWhenTheTurnIsOverSendsNothing()
        {
            var call = await Opened();
            var turn = Conversation.Say("Hello", 30);
            Reply(call, turn, "Well");
            await turn.WaitAsync();
            await foreach (var one in turn.EventsAsync())
            {
                break;
            }

            Assert.That(turn.Result.Finish, Is.EqualTo(TurnFinish.End));
            Conversation.Say("Again");
            Assert.That((await Heard(call, 3))[2].MessageCase, Is.EqualTo(ConverseRequest.MessageOneofCase.Say));
        }

        [Test]
        public async Task ALoopThatIsLeftLeavesOtherConversationsAlone()
        {
            var call = await Opened();
            var other = Client.Dialogue.Open("smith").Say("Hello", 30);
            var turn = Conversation.Say("Hello", 30);
            call.Say(Token(turn, "Well"));
            await Leave(turn, "broken out of");
            Assert.That(other.IsOver, Is.False);
            call.Say(new ConverseResponse { ConversationId = "smith", TurnId = other.TurnId, Done = new TurnDone { Finish = V1.TurnFinish.End, Text = "Hm." } });
            Assert.That((await other.WaitAsync()).Text, Is.EqualTo("Hm."));
        }

        [Test]
        public async Task ALoopThatIsLeftWhileTheConnectionIsLostIsQuiet()
        {
            var call = await Opened();
            var turn = Conversation.Say("Hello", 30);
            call.Say(Token(turn, "Well"));
            var events = turn.EventsAsync().GetAsyncEnumerator();
            await events.MoveNextAsync();
            call.Break();
            Assert.That((await turn.WaitAsync()).Finish, Is.EqualTo(TurnFinish.Failed));
            await events.DisposeAsync();
            Assert.That(turn.Result.Outcome.Reason, Is.EqualTo(ErrorReason.ConnectionLost));
        }

        private static async Task Leave(Turn turn, string how)
        {
            if (how == "closed by hand")
            {
                var events = turn.EventsAsync().GetAsyncEnumerator();
                await events.MoveNextAsync();
                await events.DisposeAsync();
                return;
            }

            using var stop = new System.Threading.CancellationTokenSource();
            try
            {
                await foreach (var one in turn.EventsAsync(stop.Token))
                {
                    switch (how)
                    {
                        case "cancelled":
                            stop.Cancel();
                            break;
                        case "thrown out of":
                            throw new InvalidOperationException();
                        default:
                            return;
                    }
                }
            }
            catch (InvalidOperationException)
            {
            }
            catch (OperationCanceledException)
            {
            }
        }
    }
}
