using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Stub;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>`await npc.Say(...)`: its result, when it ends, and on which thread.</summary>
    public sealed class NpcReplyTests : NpcFixture
    {
        [Test]
        public void Awaiting_gives_the_whole_reply_on_the_main_thread()
        {
            NpcPersona persona = ScriptableObject.CreateInstance<NpcPersona>();
            persona.Actions = new[] { "wave" };
            NpcDialogue npc = Ready(made => made.Persona = persona);
            Task<TurnResult> reply = Await(npc.Say("Hello"));
            V1.ConverseSay say = Said(1);

            Server.Dialogue.Token(say, "[wave] Good ");
            Server.Dialogue.Token(say, "day.");
            Server.Dialogue.Done(say, "[wave] Good day.");
            Until(() => reply.IsCompleted, "the reply is whole");

            Assert.That(reply.Result.Text, Is.EqualTo("[wave] Good day."));
            Assert.That(reply.Result.IsComplete, Is.True);
            Assert.That(reply.Result.Actions, Is.EqualTo(new[] { "wave" }));
            Assert.That(reply.Result, Is.SameAs(npc.LastResult));
        }

        [Test]
        public void It_can_be_awaited_by_several_and_iterated_too_and_again_when_it_is_over()
        {
            NpcDialogue npc = Ready();
            NpcReply reply = npc.Say("Hello");
            Task<TurnResult> one = Await(reply);
            Task<TurnResult> two = Await(reply);
            Task<List<TurnEventKind>> kinds = Iterate(reply);
            V1.ConverseSay say = Said(1);

            Server.Dialogue.Token(say, "Yes.");
            Server.Dialogue.Done(say, "Yes.");
            Until(() => one.IsCompleted && two.IsCompleted && kinds.IsCompleted, "all end");

            Assert.That(kinds.Result, Is.EqualTo(new[] { TurnEventKind.Token, TurnEventKind.Done }));
            Assert.That(two.Result, Is.SameAs(one.Result));
            Task<TurnResult> late = Await(reply);
            Assert.That(late.IsCompletedSuccessfully, Is.True, "at once");
            Assert.That(reply.AsTask().Result, Is.SameAs(one.Result));
        }

        [Test]
        public void Another_script_may_speak_in_its_Awake()
        {
            Connect();
            var holder = new GameObject("guard");
            holder.SetActive(false);
            Greeter greeter = holder.AddComponent<Greeter>();
            NpcDialogue npc = holder.AddComponent<NpcDialogue>();
            holder.SetActive(true);

            V1.ConverseSay say = Said(1);
            Assert.That(say.Text, Is.EqualTo("Hello"));
            Server.Dialogue.Done(say, "Good day.");
            Until(() => greeter.Reply.IsOver, "the reply is whole");
            Assert.That(npc.LastResult.Text, Is.EqualTo("Good day."));
        }

        private sealed class Greeter : MonoBehaviour
        {
            internal NpcReply Reply { get; private set; }

            private void Awake() => Reply = GetComponent<NpcDialogue>().Say("Hello");
        }

        [Test]
        public void Iterating_a_reply_that_is_over_gives_its_Done()
        {
            NpcDialogue npc = Ready();
            NpcReply reply = npc.Say("Hello");
            Server.Dialogue.Done(Said(1), "Yes.");
            Until(() => reply.IsOver, "it is over");

            Task<List<TurnEventKind>> kinds = Iterate(reply);

            Assert.That(kinds.IsCompleted, Is.True);
            Assert.That(kinds.Result, Is.EqualTo(new[] { TurnEventKind.Done }));
        }

        [Test]
        public void Cancelling_on_any_thread_interrupts_the_turn_and_the_await_throws()
        {
            NpcDialogue npc = Ready();
            using (var stop = new CancellationTokenSource())
            {
                NpcReply said = npc.Say("Tell me a story", stop.Token);
                Task<TurnResult> reply = Await(said);
                Task<List<TurnEventKind>> kinds = Iterate(said);
                V1.ConverseSay say = Said(1);
                Server.Dialogue.Token(say, "Once ");
                Until(() => npc.State == NpcState.Speaking, "it speaks");
                var dones = new List<TurnResult>();
                npc.Heard += item => dones.AddRange(item.Kind == TurnEventKind.Done ? new[] { item.Result } : Array.Empty<TurnResult>());

                Task.Run(stop.Cancel).GetAwaiter().GetResult();
                Until(() => reply.IsCompleted && kinds.IsCompleted, "the await ends");
                Server.Dialogue.Token(say, "upon");

                Assert.That(reply.IsCanceled, Is.True);
                Assert.That(said.AsTask().IsCanceled, Is.True);
                Assert.That(() => said.GetAwaiter().GetResult(), Throws.InstanceOf<OperationCanceledException>());
                Assert.That(dones.Single().Finish, Is.EqualTo(TurnFinish.Interrupted));
                Assert.That(dones[0].Text, Is.EqualTo("Once "));
                Assert.That(kinds.Result, Is.EqualTo(new[] { TurnEventKind.Token, TurnEventKind.Done }));
                Assert.That(npc.State, Is.EqualTo(NpcState.Idle));
                Until(() => Server.Dialogue.Count(V1.ConverseRequest.MessageOneofCase.Interrupt) == 1, "the server is told");
                StubPlayer.Ticks(5);
                Assert.That(npc.Text, Is.EqualTo("Once "));
            }
        }

        [Test]
        public void A_reply_that_was_whole_before_the_token_is_cancelled_is_given()
        {
            NpcDialogue npc = Ready();
            using (var stop = new CancellationTokenSource())
            {
                NpcReply reply = npc.Say("Hello", stop.Token);
                Server.Dialogue.Done(Said(1), "Yes.");
                Until(() => reply.IsOver, "it is over");

                stop.Cancel();

                Assert.That(reply.GetAwaiter().GetResult().Text, Is.EqualTo("Yes."));
                Assert.That(reply.AsTask().Result.Text, Is.EqualTo("Yes."));
            }
        }

        [Test]
        public void With_a_token_that_is_cancelled_already_nothing_is_sent_and_the_turn_under_way_goes_on()
        {
            NpcDialogue npc = Ready();
            Task<TurnResult> first = Await(npc.Say("Hello"));
            V1.ConverseSay say = Said(1);

            NpcReply never = npc.Say("Stop", new CancellationToken(true));

            Assert.That(never.IsOver, Is.True);
            Assert.That(Await(never).IsCanceled, Is.True, "at once");
            StubPlayer.Ticks(5);
            Assert.That(Server.Dialogue.Said(), Has.Count.EqualTo(1));
            Assert.That(Server.Dialogue.Count(V1.ConverseRequest.MessageOneofCase.Interrupt), Is.Zero);
            Server.Dialogue.Done(say, "Yes.");
            Until(() => first.IsCompleted, "the first turn ends");
            Assert.That(first.Result.IsComplete, Is.True);
        }

        [Test]
        public void Cancelling_while_the_words_wait_for_the_connection_takes_them_back()
        {
            Server.IsUp = false;
            Connect(wait: false);
            NpcDialogue npc = Make<NpcDialogue>();
            using (var stop = new CancellationTokenSource())
            {
                Task<TurnResult> reply = Await(npc.Say("Hello", stop.Token));
                StubPlayer.Tick();

                stop.Cancel();
                Until(() => reply.IsCompleted, "the await ends");
                Server.IsUp = true;
                Until(() => npc.State == NpcState.Idle, "the connection is there");
                StubPlayer.Ticks(5);

                Assert.That(reply.IsCanceled, Is.True);
                Assert.That(Server.Dialogue.Said(), Is.Empty);
            }
        }

        [Test]
        public void Speaking_again_gives_the_earlier_await_what_had_been_said()
        {
            NpcDialogue npc = Ready();
            Task<TurnResult> first = Await(npc.Say("Tell me a story"));
            Server.Dialogue.Token(Said(1), "Once ");
            Until(() => npc.State == NpcState.Speaking, "it speaks");

            npc.Say("Stop");
            Until(() => first.IsCompleted, "the first await ends");

            Assert.That(first.Result.Finish, Is.EqualTo(TurnFinish.Interrupted));
            Assert.That(first.Result.Text, Is.EqualTo("Once "));
        }

        [Test]
        public void A_listener_that_speaks_at_each_end_leaves_no_reply_without_one()
        {
            NpcDialogue npc = Ready();
            Task<TurnResult> inner = null;
            npc.Heard += item =>
            {
                if (item.Kind == TurnEventKind.Done && inner == null)
                {
                    inner = Await(npc.Say("And then?"));
                }
            };
            Task<TurnResult> first = Await(npc.Say("Tell me a story"));
            Said(1);

            Task<TurnResult> last = Await(npc.Say("Stop"));
            Until(() => first.IsCompleted && inner != null && inner.IsCompleted, "both end");
            Assert.That(inner.Result.Finish, Is.EqualTo(TurnFinish.Interrupted));
            Until(() => Server.Dialogue.Said().Last().Text == "Stop", "the last words reach the server");
            Server.Dialogue.Done(Server.Dialogue.Said().Last(), "Fine.");
            Until(() => last.IsCompleted, "the last turn ends");

            Assert.That(last.Result.Text, Is.EqualTo("Fine."));
        }

        [Test]
        public void A_listener_that_disables_the_character_leaves_no_reply_without_an_end()
        {
            NpcDialogue npc = Ready();
            npc.Say("Tell me a story");
            Said(1);
            npc.Heard += item => npc.enabled &= item.Kind != TurnEventKind.Done;

            NpcReply last = npc.Say("Stop");

            Assert.That(last.AsTask().IsCompletedSuccessfully, Is.True);
            Assert.That(last.AsTask().Result.Finish, Is.EqualTo(TurnFinish.Interrupted));
        }

        [TestCase("disabled")]
        [TestCase("destroyed")]
        [TestCase("connection disabled")]
        [TestCase("play mode left")]
        public void An_await_ends_when_the_character_is(string how)
        {
            BridgeConnection connection = Connect();
            NpcDialogue npc = Make<NpcDialogue>();
            Until(() => npc.State == NpcState.Idle, "the stream is open");
            Task<TurnResult> reply = npc.Say("Hello").AsTask();
            Said(1);

            switch (how)
            {
                case "disabled":
                    npc.enabled = false;
                    break;
                case "destroyed":
                    UnityEngine.Object.DestroyImmediate(npc.gameObject);
                    break;
                case "connection disabled":
                    connection.enabled = false;
                    StubPlayer.Ticks(3);
                    break;
                default:
                    StubPlayer.ExitPlayMode();
                    break;
            }

            Assert.That(reply.IsCompletedSuccessfully, Is.True, "at once");
            Assert.That(reply.Result.IsComplete, Is.False);
            if (how == "play mode left")
            {
                StubPlayer.EnterPlayMode(typeof(BridgeLoop).Assembly);
            }
        }

        [Test]
        public void The_token_of_a_destroyed_script_stops_what_would_go_on()
        {
            NpcDialogue npc = Ready();
            bool wentOn = false;
            Task talk = Talk();
            Said(1);

            UnityEngine.Object.Destroy(npc.gameObject);
            Until(() => talk.IsCompleted, "the await ends");

            Assert.That(talk.IsCanceled, Is.True);
            Assert.That(wentOn, Is.False);

            async Task Talk()
            {
                await npc.Say("Hello", npc.destroyCancellationToken);
                wentOn = true;
            }
        }

        [Test]
        public void A_token_that_lives_on_holds_nothing_of_turns_that_are_over()
        {
            NpcDialogue npc = Ready();
            using (var stop = new CancellationTokenSource())
            {
                WeakReference reply = SayAndForget(npc, stop.Token);
                npc.Say("Again");
                StubPlayer.Ticks(3);

                GC.Collect();
                GC.WaitForPendingFinalizers();
                GC.Collect();

                Assert.That(reply.IsAlive, Is.False);
            }
        }

        [Test]
        public void Without_a_server_the_fallback_line_is_the_reply()
        {
            NpcPersona persona = ScriptableObject.CreateInstance<NpcPersona>();
            persona.FallbackLines = new[] { "Hm?" };
            NpcDialogue npc = Make<NpcDialogue>(made => made.Persona = persona);

            Task<TurnResult> reply = Await(npc.Say("Hello"));
            Until(() => reply.IsCompleted, "the reply comes");

            Assert.That(reply.Result.Text, Is.EqualTo("Hm?"));
            Assert.That(reply.Result.Finish, Is.EqualTo(TurnFinish.Failed));
            Assert.That(reply.Result.Outcome.Message, Does.Contain("no connection"));
        }

        private static async Task<TurnResult> Await(NpcReply reply)
        {
            TurnResult result = await reply;
            Assert.That(MainThread.IsCurrent, Is.True);
            return result;
        }

        private static async Task<List<TurnEventKind>> Iterate(NpcReply reply)
        {
            var kinds = new List<TurnEventKind>();
            await foreach (TurnEvent item in reply)
            {
                kinds.Add(item.Kind);
            }

            return kinds;
        }

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        private static WeakReference SayAndForget(NpcDialogue npc, CancellationToken stop) => new WeakReference(npc.Say("Hello", stop));
    }
}
