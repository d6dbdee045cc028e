using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using FrameBridge.V1;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Turns, their fencing and what a loss does to them, against a server in memory.</summary>
    public class DialogueTests
    {
        private ScriptedServer _server;
        private BridgeClient _client;
        private Conversation _conversation;

        [SetUp]
        public async Task Connect()
        {
            _server = new ScriptedServer();
            _client = new BridgeClient(_server.Options());
            await _client.ConnectAsync();
            _conversation = _client.Dialogue.Open("guard");
            _conversation.Persona = "You guard the gate.";
        }

        [TearDown]
        public void Close() => _client.Close();

        [Test]
        public async Task ATurnIsToldInOrder()
        {
            _conversation.Actions = new[] { "wave" };
            var call = await Opened();
            var turn = _conversation.Say("Hello", budgetSeconds: 30);
            Reply(call, turn, "Well ", "met. [wa", "ve]");
            var events = new List<TurnEvent>();
            await foreach (var one in turn.EventsAsync())
            {
                events.Add(one);
            }

            Assert.That(events.Select(one => one.Kind), Is.EqualTo(new[]
            {
                TurnEventKind.Started, TurnEventKind.Token, TurnEventKind.Token, TurnEventKind.Token, TurnEventKind.Action, TurnEventKind.Sentence, TurnEventKind.Done,
            }));
            Assert.That((events[4].Text, events[6].Text), Is.EqualTo(("wave", "Well met. [wave]")));
            Assert.That((turn.IsOver, turn.Result.Finish, turn.Text), Is.EqualTo((true, TurnFinish.End, "Well met. [wave]")));
            Assert.That(turn.Result.FirstTokenSeconds, Is.GreaterThan(0));
            var say = (await Heard(call, 2))[1].Say;
            Assert.That((say.ConversationId, say.Text, say.Persona, say.TurnId), Is.EqualTo(("guard", "Hello", "You guard the gate.", turn.TurnId)));
        }

        [Test]
        public async Task ATurnGivesTheWholeReplyAsOftenAsYouLike()
        {
            _conversation.Actions = new[] { "wave" };
            var call = await Opened();
            var turn = _conversation.Say("Hello", budgetSeconds: 30);
            Reply(call, turn, "Well met. ", "[wave]");
            var result = await turn.WaitAsync();
            Assert.That((result.Text, result.Finish), Is.EqualTo(("Well met. [wave]", TurnFinish.End)));
            Assert.That(result.Actions, Is.EqualTo(new[] { "wave" }));
            Assert.That(await turn.WaitAsync(), Is.SameAs(result));
        }

        [Test]
        public async Task ACancelledTokenInterruptsTheTurnAndItsAwaitThrows()
        {
            var call = await Opened();
            using var stop = new System.Threading.CancellationTokenSource();
            var turn = _conversation.Say("Hello", cancellation: stop.Token);
            call.Say(Token(turn, "Well"));
            await Expect.Until(() => turn.Text == "Well", "a token");
            await Task.Run(stop.Cancel);
            Assert.That((turn.IsOver, turn.Result.Finish, turn.Result.Text), Is.EqualTo((true, TurnFinish.Interrupted, "Well")));
            Assert.That(async () => await turn.WaitAsync(), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(Drain(turn).Select(one => one.Kind), Is.EqualTo(new[] { TurnEventKind.Token, TurnEventKind.Done }));
            Assert.That((await Heard(call, 3))[2].Interrupt.TurnId, Is.EqualTo(turn.TurnId));
        }

        [Test]
        public async Task ACancelledTokenSendsNothingAndLetsTheTurnUnderWayGoOn()
        {
            var call = await Opened();
            var first = _conversation.Say("Hello", budgetSeconds: 30);
            var never = _conversation.Say("Stop", cancellation: new System.Threading.CancellationToken(true));
            Assert.That((never.IsOver, never.Result.Finish), Is.EqualTo((true, TurnFinish.Interrupted)));
            Assert.That(async () => await never.WaitAsync(), Throws.InstanceOf<OperationCanceledException>());
            Reply(call, first, "Well");
            Assert.That((await first.WaitAsync()).IsComplete);
            Assert.That(await Heard(call, 2), Has.Length.EqualTo(2));
        }

        [Test]
        public async Task ATurnThatWasWholeStaysSoWhenItsTokenIsCancelled()
        {
            var call = await Opened();
            using var stop = new System.Threading.CancellationTokenSource();
            var turn = _conversation.Say("Hello", 30, cancellation: stop.Token);
            Reply(call, turn, "Well");
            await turn.WaitAsync();
            stop.Cancel();
            Assert.That((await turn.WaitAsync()).Finish, Is.EqualTo(TurnFinish.End));
        }

        [TestCase("broken out of")]
        [TestCase("thrown out of")]
        [TestCase("cancelled")]
        [TestCase("closed by hand")]
        public async Task ALoopThatIsLeftEndsItsTurnAndTheNextWordsAreAnswered(string how)
        {
            var call = await Opened();
            var turn = _conversation.Say("Hello", 30);
            call.Say(Token(turn, "Well"));
            await Leave(turn, how);
            Assert.That((turn.IsOver, turn.Result.Finish, turn.Result.Text), Is.EqualTo((true, TurnFinish.Interrupted, "Well")));
            call.Say(Token(turn, "too late"));
            var next = _conversation.Say("Again", 30);
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
            var turn = _conversation.Say("Hello", 30);
            await turn.EventsAsync().GetAsyncEnumerator().DisposeAsync();
            Assert.That((turn.IsOver, turn.Result.Finish), Is.EqualTo((true, TurnFinish.Interrupted)));
            Assert.That((await Heard(call, 3))[2].Interrupt.TurnId, Is.EqualTo(turn.TurnId));
        }

        [Test]
        public async Task ALoopThatIsLeftWhenTheTurnIsOverSendsNothing()
        {
            var call = await Opened();
            var turn = _conversation.Say("Hello", 30);
            Reply(call, turn, "Well");
            await turn.WaitAsync();
            await foreach (var one in turn.EventsAsync())
            {
                break;
            }

            Assert.That(turn.Result.Finish, Is.EqualTo(TurnFinish.End));
            _conversation.Say("Again");
            Assert.That((await Heard(call, 3))[2].MessageCase, Is.EqualTo(ConverseRequest.MessageOneofCase.Say));
        }

        [Test]
        public async Task ALoopThatIsLeftLeavesOtherConversationsAlone()
        {
            var call = await Opened();
            var other = _client.Dialogue.Open("smith").Say("Hello", 30);
            var turn = _conversation.Say("Hello", 30);
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
            var turn = _conversation.Say("Hello", 30);
            call.Say(Token(turn, "Well"));
            var events = turn.EventsAsync().GetAsyncEnumerator();
            await events.MoveNextAsync();
            call.Break();
            Assert.That((await turn.WaitAsync()).Finish, Is.EqualTo(TurnFinish.Failed));
            await events.DisposeAsync();
            Assert.That(turn.Result.Outcome.Reason, Is.EqualTo(ErrorReason.ConnectionLost));
        }

        [TestCase(false)]
        [TestCase(true)]
        public async Task UntouchedWordsLeaveAllToTheServer(bool withSampling)
        {
            _conversation.Sampling = withSampling ? new Sampling() : null;
            var call = await Opened();
            _conversation.Say("Hello");
            var say = (await Heard(call, 2))[1].Say;
            Assert.That(say.Sampling, Is.Null);
            Assert.That((say.Budget.BudgetMicros, say.PaceMicros, say.Budget.Ladder), Is.EqualTo((0L, 0L, V1.LadderPolicy.Unspecified)));
        }

        [Test]
        public async Task OneWishGoesUpBesideTheServersOwnNumbers()
        {
            _conversation.Sampling = new Sampling { Temperature = 0 };
            var call = await Opened();
            _conversation.Say("Hello");
            _conversation.Sampling = new Sampling { MaxTokens = 7 };
            _conversation.Say("Hello");
            var up = await Heard(call, 3);
            var (greedy, brief) = (up[1].Say.Sampling, up[2].Say.Sampling);
            Assert.That(
                (greedy.Temperature, greedy.TopP, greedy.RepetitionPenalty, greedy.MaxNewTokens),
                Is.EqualTo((0f, Sampling.ServerTopP, Sampling.ServerRepetitionPenalty, 0)));
            Assert.That(
                (brief.Temperature, brief.TopP, brief.RepetitionPenalty, brief.MaxNewTokens),
                Is.EqualTo((Sampling.ServerTemperature, Sampling.ServerTopP, Sampling.ServerRepetitionPenalty, 7)));
        }

        [Test]
        public async Task ARefusedTurnKeepsTheServersSentence()
        {
            var call = await Opened();
            var turn = _conversation.Say("Hello", budgetSeconds: 30);
            var done = new TurnDone { Finish = V1.TurnFinish.Failed, Outcome = new V1.Outcome { Disposition = V1.Disposition.Refused } };
            done.Outcome.Error = new ErrorDetail { Reason = V1.ErrorReason.Overloaded, Message = "all 2 seats are taken; say it again in a moment" };
            call.Say(new ConverseResponse { ConversationId = "guard", TurnId = turn.TurnId, Done = done });
            Assert.That((await turn.WaitAsync()).Outcome.Message, Does.Contain("2 seats"));
        }

        [Test]
        public async Task AnInterruptedTurnEndsAtOnceAndItsLateTokensAreDropped()
        {
            var call = await Opened();
            var turn = _conversation.Say("Hello");
            call.Say(Token(turn, "Well"));
            await Expect.Until(() => turn.Text == "Well", "a token");
            turn.Interrupt();
            Assert.That((turn.IsOver, turn.Result.Finish, turn.Result.Text), Is.EqualTo((true, TurnFinish.Interrupted, "Well")));
            call.Say(Token(turn, "too late"));
            var next = _conversation.Say("Again");
            Reply(call, next, "Yes");
            await next.WaitAsync();
            Assert.That(Drain(turn).Select(one => one.Kind), Is.EqualTo(new[] { TurnEventKind.Token, TurnEventKind.Done }));
            var up = await Heard(call, 4);
            Assert.That((up[2].Interrupt.TurnId, up[3].Say.TurnId), Is.EqualTo((turn.TurnId, next.TurnId)));
        }

        [Test]
        public async Task NewWordsEndTheOldTurn()
        {
            var call = await Opened();
            var first = _conversation.Say("One");
            var second = _conversation.Say("Two");
            Assert.That(first.Result.Finish, Is.EqualTo(TurnFinish.Interrupted));
            Reply(call, first, "late");
            Reply(call, second, "good");
            Assert.That((await second.WaitAsync()).Text, Is.EqualTo("good"));
            Assert.That(Drain(first).Select(one => one.Kind), Is.EqualTo(new[] { TurnEventKind.Done }));
        }

        [Test]
        public async Task ALossEndsTheTurnWithOneEventAndTheNextCarriesTheHistory()
        {
            var first = await Opened();
            var whole = _conversation.Say("My name is Ada");
            Reply(first, whole, "Hello Ada.");
            await whole.WaitAsync();
            var turn = _conversation.Say("And yours?");
            first.Say(Token(turn, "I am"));
            await Expect.Until(() => turn.Text == "I am", "a token");
            _server.Remembers = false;
            first.Break();
            var result = await turn.WaitAsync();
            Assert.That((whole.MemoryLost, result.MemoryLost), Is.EqualTo((false, false)));
            Assert.That((result.Finish, result.Outcome.Reason, result.Text), Is.EqualTo((TurnFinish.Failed, ErrorReason.ConnectionLost, "I am")));
            Assert.That(Drain(turn).Select(one => one.Kind), Is.EqualTo(new[] { TurnEventKind.Token, TurnEventKind.Done }));
            var second = await Opened(first);
            var next = _conversation.Say("What was that?");
            var say = (await Heard(second, 2))[1].Say;
            Assert.That(say.Persona, Does.StartWith("You guard the gate.").And.Contain("My name is Ada").And.Contain("Hello Ada.").And.Contain("I am"));
            Assert.That(say.TurnId, Is.GreaterThan(turn.TurnId));
            Assert.That(next.MemoryLost, "the game is told");
            Reply(second, next, "Nothing.");
            var heard = await next.WaitAsync();
            Assert.That((heard.IsComplete, heard.MemoryLost), Is.EqualTo((true, true)));
            Assert.That(_conversation.Say("Good").MemoryLost, Is.False, "once the server has taken a turn");
            Assert.That((await Heard(second, 3))[2].Say.Persona, Is.EqualTo(say.Persona), "what the server has is not carried twice");
        }

        [Test]
        public async Task AConversationThatTheServerKeptCarriesNothing()
        {
            var first = await Opened();
            var turn = _conversation.Say("My name is Ada");
            Reply(first, turn, "Hello Ada.");
            await turn.WaitAsync();
            first.Break();
            var second = await _server.Call(BridgeStream.Dialogue, first);
            second.Say(new ConverseResponse { Opened = new ConverseOpened { ConversationIds = { "guard" } } });
            await Expect.Until(() => _client.Dialogue.IsOpen, "the stream is open");
            Assert.That(_conversation.Say("And yours?").MemoryLost, Is.False);
            Assert.That((await Heard(second, 2))[1].Say.Persona, Is.EqualTo("You guard the gate."));
        }

        [Test]
        public async Task OfTwoConversationsTheOneThatTheServerForgotTellsSo()
        {
            var smith = _client.Dialogue.Open("smith");
            smith.Persona = "You are a smith.";
            var stranger = _client.Dialogue.Open("stranger");
            var first = await Opened();
            var turn = _conversation.Say("My name is Ada");
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
            var second = await _server.Call(BridgeStream.Dialogue, first);
            smith.Persona = "You are an old smith."; // while the connection is being restored
            second.Say(new ConverseResponse { Opened = new ConverseOpened { ConversationIds = { "guard" } } });
            await Expect.Until(() => _client.Dialogue.IsOpen, "the stream is open");
            Assert.That(
                (_conversation.Say("Hello").MemoryLost, smith.Say("Hello").MemoryLost, stranger.Say("Hello").MemoryLost),
                Is.EqualTo((false, true, false)));
            Assert.That((await Heard(second, 4))[2].Say.Persona, Does.StartWith("You are an old smith.").And.Contain("Hm."));
        }

        [Test]
        public void WordsThatCannotGoUpEndTheirTurnAtOnce()
        {
            using var offline = new BridgeClient(_server.Options());
            var turn = offline.Dialogue.Open("guard").Say("Hello");
            Assert.That((turn.IsOver, turn.Result.Finish, turn.Result.Outcome.Reason), Is.EqualTo((true, TurnFinish.Failed, ErrorReason.ConnectionLost)));
            Assert.Throws<ArgumentException>(() => _conversation.Say(" "));
        }

        [Test]
        public async Task WordsSaidWhileTheStreamOpensWaitForIt()
        {
            var first = _conversation.Say("Hello");
            var turn = _conversation.Say("Good evening");
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
            _conversation.Say("Hello").Interrupt();
            var call = await Opened();
            var turn = _conversation.Say("Good evening");
            Assert.That((await Heard(call, 2))[1].Say.TurnId, Is.EqualTo(turn.TurnId));
        }

        [Test]
        public async Task AStreamThatDoesNotOpenInTimeEndsTheTurn()
        {
            var options = _server.Options();
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
            var turn = _conversation.Say("Hello");
            _client.Close();
            Assert.That((await turn.WaitAsync()).Finish, Is.EqualTo(TurnFinish.Failed));
        }

        [Test]
        public async Task WordsOverTheLimitAreRefusedHere()
        {
            await Opened();
            var turn = _conversation.Say(new string('x', 5000));
            Assert.That(turn.Result.Outcome.Reason, Is.EqualTo(ErrorReason.TooLarge));
        }

        [Test]
        public async Task AForgottenConversationIsOver()
        {
            var call = await Opened();
            _conversation.Forget();
            Assert.That((await Heard(call, 2))[1].Forget.ConversationId, Is.EqualTo("guard"));
            Assert.That(_conversation.Say("Hello").Result.Outcome.Reason, Is.EqualTo(ErrorReason.Closed));
            Assert.That(_client.Dialogue.Open("guard"), Is.Not.SameAs(_conversation));
        }

        [Test]
        public async Task AFailedTurnTellsWhy()
        {
            var call = await Opened();
            var turn = _conversation.Say("Hello");
            var outcome = new V1.Outcome
            {
                Disposition = V1.Disposition.Failed, Error = new ErrorDetail { Reason = V1.ErrorReason.ModelFault, Message = "the model failed" },
            };
            call.Say(Of(turn, new ConverseResponse { Done = new TurnDone { Finish = V1.TurnFinish.Failed, Outcome = outcome } }));
            var result = await turn.WaitAsync();
            Assert.That((result.Finish, result.Outcome.Reason, result.Outcome.Message), Is.EqualTo((TurnFinish.Failed, ErrorReason.ModelFault, "the model failed")));
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

        private static void Reply(ScriptedCall call, Turn turn, params string[] pieces)
        {
            call.Say(Of(turn, new ConverseResponse { Started = new TurnStarted { PromptTokens = 3 } }));
            foreach (var piece in pieces)
            {
                call.Say(Token(turn, piece));
            }

            call.Say(Of(turn, new ConverseResponse { Sentence = new TurnSentence { Text = string.Concat(pieces) } }));
            call.Say(Of(turn, new ConverseResponse { Done = new TurnDone { Finish = V1.TurnFinish.End, Text = string.Concat(pieces) } }));
        }

        private static ConverseResponse Token(Turn turn, string text) => Of(turn, new ConverseResponse { Token = new TurnToken { Text = text } });

        private static ConverseResponse Of(Turn turn, ConverseResponse response)
        {
            response.ConversationId = "guard";
            response.TurnId = turn.TurnId;
            return response;
        }

        private static List<TurnEvent> Drain(Turn turn)
        {
            var events = new List<TurnEvent>();
            while (turn.TryTake(out var one))
            {
                events.Add(one);
            }

            return events;
        }

        private async Task<ScriptedCall> Opened(ScriptedCall notThis = null)
        {
            var call = await _server.Call(BridgeStream.Dialogue, notThis);
            call.Say(new ConverseResponse { Opened = new ConverseOpened() });
            await Expect.Until(() => _client.Dialogue.IsOpen, "the stream is open");
            return call;
        }

        private static async Task<ConverseRequest[]> Heard(ScriptedCall call, int count)
        {
            await Expect.Until(() => call.Up.Count >= count, $"{count} messages went up");
            return call.Heard(ConverseRequest.Parser);
        }
    }
}
