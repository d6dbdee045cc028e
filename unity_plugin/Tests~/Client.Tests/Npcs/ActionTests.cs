using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using FrameBridge.V1;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Calls of actions: their answers, their ends, and their typed handlers.</summary>
    public class ActionTests : NpcFixture
    {
        private enum Part
        {
            None,
            Servo,
            Cell,
        }

        [Test]
        public async Task ACallIsAnsweredOnceAndTheTurnGoesOn()
        {
            var (call, turn) = await Called("hand_over_key", "{\"nights\": 3}");
            var item = await Next(turn, TurnEventKind.ActionCalled);
            Assert.That((item.Text, item.Call.Id, item.Call.TimeoutSeconds, item.Call.IsOpen), Is.EqualTo(("hand_over_key", "c1", 5.0, true)));
            Assert.That(item.Call.DoneWithJson("{\"left\": 2}"), Is.True);
            Assert.That((item.Call.Done(), item.Call.IsOpen, item.Call.Ending), Is.EqualTo((false, false, ActionEnding.None)));
            var sent = (await Heard(call, 3))[2].ActionResult;
            Assert.That((sent.ConversationId, sent.CallId, sent.ResultJson), Is.EqualTo(("guard", "c1", "{\"left\": 2}")));
            call.Say(Done(turn, "There you are."));
            var result = await turn.WaitAsync();
            Assert.That((result.Calls.Single(), result.Actions.Single()), Is.EqualTo((item.Call, "hand_over_key")));
            Assert.That(Drain(turn).Select(one => one.Kind), Is.EqualTo(new[] { TurnEventKind.Done }), "an answered call does not end");
        }

        [Test]
        public async Task AnswersAreSentencesOrReasons()
        {
            var (call, turn) = await Called("a");
            call.Say(Called(turn, "c2", "b"));
            call.Say(Called(turn, "c3", "c"));
            Assert.That((await Next(turn, TurnEventKind.ActionCalled)).Call.Done("He said \"no\"."));
            Assert.That((await Next(turn, TurnEventKind.ActionCalled)).Call.Fail("The gate is stuck."));
            Assert.That((await Next(turn, TurnEventKind.ActionCalled)).Call.Fail());
            var sent = (await Heard(call, 5)).Skip(2).Select(one => one.ActionResult).ToArray();
            Assert.That((sent[0].ResultJson, sent[1].Error, sent[2].Error), Is.EqualTo(("\"He said \\\"no\\\".\"", "The gate is stuck.", string.Empty)));
            Assert.That(sent[2].ResultCase, Is.EqualTo(ActionResult.ResultOneofCase.Error));
        }

        [Test]
        public async Task AResultOverTheLimitIsRefusedHereAndTheCallStaysOpen()
        {
            var (_, turn) = await Called("a");
            var call = (await Next(turn, TurnEventKind.ActionCalled)).Call;
            Assert.That(Assert.Throws<ArgumentException>(() => call.DoneWithJson(new string('1', 65))).Message, Does.Contain("64"));
            Assert.Throws<ArgumentException>(() => call.DoneWithJson(" "));
            Assert.That(call.IsOpen);
        }

        [Test]
        public async Task ACallThatTheServerEndsTakesNoAnswer()
        {
            var (call, turn) = await Called("a");
            var open = (await Next(turn, TurnEventKind.ActionCalled)).Call;
            var stopped = new TaskCompletionSource<bool>();
            using var registration = open.Cancellation.Register(() => stopped.SetResult(true));
            call.Say(Of(turn, new ConverseResponse { ActionEnded = new TurnActionEnded { CallId = "c1", Ending = V1.ActionEnding.Timeout } }));
            Assert.That((await Next(turn, TurnEventKind.ActionEnded)).Call, Is.SameAs(open));
            Assert.That((open.Ending, open.Done(), open.IsOpen), Is.EqualTo((ActionEnding.Timeout, false, false)));
            Assert.That(await stopped.Task);
            Assert.That(await Heard(call, 2), Has.Length.EqualTo(2));
        }

        [Test]
        public async Task CuttingInEndsOpenCallsBeforeTheTurn()
        {
            var (_, turn) = await Called("a");
            var open = (await Next(turn, TurnEventKind.ActionCalled)).Call;
            turn.Interrupt();
            Assert.That(Drain(turn).Select(one => one.Kind), Is.EqualTo(new[] { TurnEventKind.ActionEnded, TurnEventKind.Done }));
            Assert.That((open.Ending, open.Fail(), open.Cancellation.IsCancellationRequested), Is.EqualTo((ActionEnding.Interrupted, false, true)));
        }

        [Test]
        public async Task ALostConnectionEndsOpenCalls()
        {
            var (call, turn) = await Called("a");
            var open = (await Next(turn, TurnEventKind.ActionCalled)).Call;
            call.Break();
            await turn.WaitAsync();
            Assert.That((open.Ending, open.Done()), Is.EqualTo((ActionEnding.Interrupted, false)));
        }

        [Test]
        public async Task HandlersGetTypedArguments()
        {
            var (_, turn) = await Called("sell", "{\"part\": \"power cell\", \"count\": 2, \"gift\": true, \"price\": 1.5}");
            var call = (await Next(turn, TurnEventKind.ActionCalled)).Call;
            var handlers = new ActionHandlers();
            var sold = new List<object>();
            var part = ActionParameter.Choice("part", Part.None, ("servo motor", Part.Servo), ("power cell", Part.Cell));
            handlers.Set("sell", part, ActionParameter.Int("count"), ActionParameter.Bool("gift"), (what, count, gift, one) => sold.AddRange(new object[] { what, count, gift, one.Id }));
            Assert.That(handlers.TryRun(call));
            handlers.Set("sell", ActionParameter.Number("price"), ActionParameter.Text("none", "nothing"), (price, text, _) => sold.AddRange(new object[] { price, text }));
            Assert.That(handlers.TryRun(call));
            handlers.Set("sell", ActionParameter.Of(arguments => (arguments.GetInt("count"), arguments.Has("what"))), (both, _) => sold.Add(both));
            Assert.That(handlers.TryRun(call));
            Assert.That(sold, Is.EqualTo(new object[] { Part.Cell, 2, true, "c1", 1.5, "nothing", (2, false) }));
            Assert.That((handlers.Remove("sell"), handlers.TryRun(call), handlers.Names.Count), Is.EqualTo((true, false, 0)));
        }

        [Test]
        public async Task AHandlerThatThrowsFailsItsCall()
        {
            var (call, turn) = await Called("a");
            var handlers = new ActionHandlers();
            handlers.Set("a", _ => throw new InvalidOperationException("oh"));
            var open = (await Next(turn, TurnEventKind.ActionCalled)).Call;
            Assert.Throws<InvalidOperationException>(() => handlers.TryRun(open));
            Assert.That((await Heard(call, 3))[2].ActionResult.ResultCase, Is.EqualTo(ActionResult.ResultOneofCase.Error));
        }

        [Test]
        public async Task ReadingNumbersIsNoGarbage()
        {
            var (_, turn) = await Called("sell", "{\"a\": [1, {\"count\": 9}], \"count\": 12, \"price\": 0.25, \"gift\": false}");
            var call = (await Next(turn, TurnEventKind.ActionCalled)).Call;
            var handlers = new ActionHandlers();
            var sum = 0.0;
            handlers.Set("sell", ActionParameter.Int("count"), ActionParameter.Number("price"), ActionParameter.Bool("gift", true), (count, price, gift, _) => sum += count + price + (gift ? 100 : 0));
            handlers.TryRun(call);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                handlers.TryRun(call);
            }

            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
            Assert.That(sum, Is.EqualTo(101 * 12.25));
        }

        private async Task<(ScriptedCall Call, Turn Turn)> Called(string name, string arguments = "{}")
        {
            Conversation.NpcId = "mara";
            var call = await Opened();
            var turn = Conversation.Say("Do it");
            call.Say(Of(turn, new ConverseResponse { Started = new TurnStarted() }));
            call.Say(Called(turn, "c1", name, arguments));
            return (call, turn);
        }
    }
}
