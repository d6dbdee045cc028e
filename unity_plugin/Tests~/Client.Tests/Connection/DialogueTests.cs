using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using FrameBridge.V1;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Turns of a conversation, and how they end.</summary>
    public class DialogueTests : DialogueFixture
    {
        [Test]
        public async Task ATurnIsToldInOrder()
        {
            Conversation.Actions = new[] { "wave" };
            var call = await Opened();
            var turn = Conversation.Say("Hello", budgetSeconds: 30);
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
            Conversation.Actions = new[] { "wave" };
            var call = await Opened();
            var turn = Conversation.Say("Hello", budgetSeconds: 30);
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
            var turn = Conversation.Say("Hello", cancellation: stop.Token);
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
            var first = Conversation.Say("Hello", budgetSeconds: 30);
            var never = Conversation.Say("Stop", cancellation: new System.Threading.CancellationToken(true));
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
            var turn = Conversation.Say("Hello", 30, cancellation: stop.Token);
            Reply(call, turn, "Well");
            await turn.WaitAsync();
            stop.Cancel();
            Assert.That((await turn.WaitAsync()).Finish, Is.EqualTo(TurnFinish.End));
        }

        [TestCase(false)]
        [TestCase(true)]
        public async Task UntouchedWordsLeaveAllToTheServer(bool withSampling)
        {
            Conversation.Sampling = withSampling ? new Sampling() : null;
            var call = await Opened();
            Conversation.Say("Hello");
            var say = (await Heard(call, 2))[1].Say;
            Assert.That(say.Sampling, Is.Null);
            Assert.That((say.Budget.BudgetMicros, say.PaceMicros, say.Budget.Ladder), Is.EqualTo((0L, 0L, V1.LadderPolicy.Unspecified)));
        }

        [Test]
        public async Task OneWishGoesUpBesideTheServersOwnNumbers()
        {
            Conversation.Sampling = new Sampling { Temperature = 0 };
            var call = await Opened();
            Conversation.Say("Hello");
            Conversation.Sampling = new Sampling { MaxTokens = 7 };
            Conversation.Say("Hello");
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
            var turn = Conversation.Say("Hello", budgetSeconds: 30);
            var done = new TurnDone { Finish = V1.TurnFinish.Failed, Outcome = new V1.Outcome { Disposition = V1.Disposition.Refused } };
            done.Outcome.Error = new ErrorDetail { Reason = V1.ErrorReason.Overloaded, Message = "all 2 seats are taken; say it again in a moment" };
            call.Say(new ConverseResponse { ConversationId = "guard", TurnId = turn.TurnId, Done = done });
            Assert.That((await turn.WaitAsync()).Outcome.Message, Does.Contain("2 seats"));
        }

        [Test]
        public async Task AnInterruptedTurnEndsAtOnceAndItsLateTokensAreDropped()
        {
            var call = await Opened();
            var turn = Conversation.Say("Hello");
            call.Say(Token(turn, "Well"));
            await Expect.Until(() => turn.Text == "Well", "a token");
            turn.Interrupt();
            Assert.That((turn.IsOver, turn.Result.Finish, turn.Result.Text), Is.EqualTo((true, TurnFinish.Interrupted, "Well")));
            call.Say(Token(turn, "too late"));
            var next = Conversation.Say("Again");
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
            var first = Conversation.Say("One");
            var second = Conversation.Say("Two");
            Assert.That(first.Result.Finish, Is.EqualTo(TurnFinish.Interrupted));
            Reply(call, first, "late");
            Reply(call, second, "good");
            Assert.That((await second.WaitAsync()).Text, Is.EqualTo("good"));
            Assert.That(Drain(first).Select(one => one.Kind), Is.EqualTo(new[] { TurnEventKind.Done }));
        }

        [Test]
        public async Task WordsOverTheLimitAreRefusedHere()
        {
            await Opened();
            var turn = Conversation.Say(new string('x', 5000));
            Assert.That(turn.Result.Outcome.Reason, Is.EqualTo(ErrorReason.TooLarge));
        }

        [Test]
        public async Task AForgottenConversationIsOver()
        {
            var call = await Opened();
            Conversation.Forget();
            Assert.That((await Heard(call, 2))[1].Forget.ConversationId, Is.EqualTo("guard"));
            Assert.That(Conversation.Say("Hello").Result.Outcome.Reason, Is.EqualTo(ErrorReason.Closed));
            Assert.That(Client.Dialogue.Open("guard"), Is.Not.SameAs(Conversation));
        }

        [Test]
        public async Task AFailedTurnTellsWhy()
        {
            var call = await Opened();
            var turn = Conversation.Say("Hello");
            var outcome = new V1.Outcome
            {
                Disposition = V1.Disposition.Failed, Error = new ErrorDetail { Reason = V1.ErrorReason.ModelFault, Message = "the model failed" },
            };
            call.Say(Of(turn, new ConverseResponse { Done = new TurnDone { Finish = V1.TurnFinish.Failed, Outcome = outcome } }));
            var result = await turn.WaitAsync();
            Assert.That((result.Finish, result.Outcome.Reason, result.Outcome.Message), Is.EqualTo((TurnFinish.Failed, ErrorReason.ModelFault, "the model failed")));
        }
    }
}
