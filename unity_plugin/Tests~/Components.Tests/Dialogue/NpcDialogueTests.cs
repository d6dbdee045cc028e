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
    /// <summary>Turns of a character: their events, their end, and what is said without a server.</summary>
    public sealed class NpcDialogueTests : NpcFixture
    {
        [Test]
        public void A_turn_is_told_piece_by_piece_and_ends_once()
        {
            NpcDialogue npc = Ready();
            List<string> heard = Listen(npc);
            V1.ConverseSay say = Say(npc, "Hello");

            Server.Dialogue.Start(say);
            Server.Dialogue.Token(say, "Good ");
            Server.Dialogue.Token(say, "day.");
            Server.Dialogue.Sentence(say, "Good day.", 0);
            Server.Dialogue.Done(say, "Good day.");
            Until(() => npc.LastResult != null, "the turn ends");

            Assert.That(heard, Is.EqualTo(new[] { "token Good ", "token day.", "sentence Good day.", "done Good day." }));
            Assert.That(npc.Text, Is.EqualTo("Good day."));
            Assert.That(npc.LastResult.IsComplete, Is.True);
        }

        [Test]
        public void A_saved_talk_goes_on_where_it_was_and_is_saved_again()
        {
            Server.MaxHistoryLines = 8;
            var saved = new ConversationHistory { Persona = "You are Mira.", Lines = new[] { new ConversationLine { IsPlayer = true, Text = "Hello" } } };
            NpcDialogue npc = Ready(made =>
            {
                made.Restore(saved);
                Assert.That(made.Save(), Is.SameAs(saved), "before there is a connection");
            });
            V1.ConverseSay say = Say(npc, "Again");
            Assert.That(say.Persona, Is.EqualTo("You are Mira."));
            Assert.That(say.History.Lines.Single().Player, Is.EqualTo("Hello"));

            Server.Dialogue.Start(say);
            Server.Dialogue.Done(say, "Yes.");
            Until(() => npc.LastResult != null, "the turn ends");
            Assert.That(npc.Save().Lines.Select(line => line.Text), Is.EqualTo(new[] { "Hello", "Again", "Yes." }));
            Assert.That(Say(npc, "And now").History, Is.Null, "the server has it");

            npc.Forget();
            Assert.That(npc.Save().Lines, Is.Empty);
        }

        [Test]
        public void The_state_goes_from_thinking_to_speaking_to_idle()
        {
            NpcDialogue npc = Ready();
            var states = new List<NpcState>();
            npc.StateChanged += states.Add;
            V1.ConverseSay say = Say(npc, "Hello");
            Server.Dialogue.Token(say, "Hm.");
            Server.Dialogue.Done(say, "Hm.");
            Until(() => npc.LastResult != null, "the turn ends");

            Assert.That(states, Is.EqualTo(new[] { NpcState.Thinking, NpcState.Speaking, NpcState.Idle }));
        }

        [Test]
        public void Speaking_again_cuts_the_reply_off_and_nothing_of_it_comes_afterwards()
        {
            NpcDialogue npc = Ready();
            var dones = new List<TurnResult>();
            npc.Heard += item => dones.AddRange(item.Kind == TurnEventKind.Done ? new[] { item.Result } : new TurnResult[0]);
            V1.ConverseSay first = Say(npc, "Tell me a story");
            Server.Dialogue.Token(first, "Once ");
            Until(() => npc.State == NpcState.Speaking, "it speaks");

            npc.Say("Stop");
            Assert.That(dones.Single().Finish, Is.EqualTo(TurnFinish.Interrupted));
            V1.ConverseSay second = Said(2);
            List<string> heard = Listen(npc);
            Server.Dialogue.Token(first, "upon a time");
            Server.Dialogue.Done(first, "Once upon a time", V1.TurnFinish.Interrupted);
            Server.Dialogue.Token(second, "Fine.");
            Server.Dialogue.Done(second, "Fine.");
            Until(() => npc.LastResult != null, "the second turn ends");

            Assert.That(heard, Is.EqualTo(new[] { "token Fine.", "done Fine." }));
            Assert.That(dones, Has.Count.EqualTo(2));
        }

        [Test]
        public void Interrupt_ends_the_turn_at_once_and_tells_the_server()
        {
            NpcDialogue npc = Ready();
            V1.ConverseSay say = Say(npc, "Tell me a story");
            Server.Dialogue.Token(say, "Once ");
            Until(() => npc.State == NpcState.Speaking, "it speaks");
            List<string> heard = Listen(npc);

            npc.Interrupt();

            Assert.That(heard, Is.EqualTo(new[] { "done Once " }));
            Assert.That(npc.State, Is.EqualTo(NpcState.Idle));
            Until(() => Server.Dialogue.Count(V1.ConverseRequest.MessageOneofCase.Interrupt) == 1, "the server is told");
            Server.Dialogue.Token(say, "upon");
            StubPlayer.Ticks(5);
            Assert.That(heard, Has.Count.EqualTo(1));
        }

        [Test]
        public void A_listener_may_interrupt_in_the_middle_of_a_token()
        {
            NpcDialogue npc = Ready();
            V1.ConverseSay say = Say(npc, "Hello");
            List<string> heard = null;
            npc.Heard += item =>
            {
                if (item.Kind == TurnEventKind.Token)
                {
                    npc.Interrupt();
                }
            };
            heard = Listen(npc);
            Server.Dialogue.Token(say, "Good ");
            Server.Dialogue.Token(say, "day.");
            Until(() => npc.LastResult != null, "the turn ends");
            StubPlayer.Ticks(3);

            Assert.That(heard.Count(item => item.StartsWith("done", StringComparison.Ordinal)), Is.EqualTo(1));
            Assert.That(heard.Last(), Does.StartWith("done"));
        }

        [Test]
        public void Without_a_server_the_fallback_line_is_said()
        {
            NpcDialogue npc = Make<NpcDialogue>(made => made.Persona = WithFallback());
            List<string> heard = Listen(npc);

            npc.Say("Hello");
            Until(() => npc.LastResult != null, "the turn ends");

            Assert.That(heard, Is.EqualTo(new[] { "token Hm?", "sentence Hm?", "done Hm?" }));
            Assert.That(npc.LastResult.Finish, Is.EqualTo(TurnFinish.Failed));
            Assert.That(npc.State, Is.EqualTo(NpcState.Offline).Or.EqualTo(NpcState.Idle));
        }

        [Test]
        public void Words_said_while_the_connection_is_being_made_go_up_when_it_is()
        {
            Connect(wait: false);
            NpcDialogue npc = Make<NpcDialogue>();

            V1.ConverseSay say = Say(npc, "Hello");
            Server.Dialogue.Done(say, "Good day.");
            Until(() => npc.LastResult != null, "the turn ends");

            Assert.That(npc.LastResult.IsComplete, Is.True);
        }

        [Test]
        public void Words_that_wait_too_long_get_the_fallback_line()
        {
            Server.IsUp = false;
            Connect(wait: false);
            NpcDialogue npc = Make<NpcDialogue>(made => made.Persona = WithFallback());
            npc.Say("Hello");
            StubPlayer.Ticks(60); // one second of the two
            Assert.That(npc.State, Is.EqualTo(NpcState.Thinking));

            StubPlayer.Ticks(90);

            Assert.That(npc.Text, Is.EqualTo("Hm?"));
        }

        [Test]
        public void A_reply_that_fails_before_its_first_word_is_replaced_by_the_fallback_line()
        {
            NpcDialogue npc = Ready(made => made.Persona = WithFallback());
            List<string> heard = Listen(npc);
            V1.ConverseSay say = Say(npc, "Hello");

            Server.Dialogue.Done(say, string.Empty, V1.TurnFinish.Failed);
            Until(() => npc.LastResult != null, "the turn ends");

            Assert.That(heard, Is.EqualTo(new[] { "token Hm?", "sentence Hm?", "done Hm?" }));
            Assert.That(npc.LastResult.Outcome.Message, Does.Contain("fell over"));
        }

        [Test]
        public void A_lost_connection_ends_the_turn_with_one_event_and_the_next_one_works()
        {
            BridgeConnection connection = Connect();
            NpcDialogue npc = Make<NpcDialogue>();
            V1.ConverseSay say = Say(npc, "Hello");
            Server.Dialogue.Token(say, "Good ");
            Until(() => npc.State == NpcState.Speaking, "it speaks");
            var dones = new List<TurnResult>();
            npc.Heard += item => dones.AddRange(item.Kind == TurnEventKind.Done ? new[] { item.Result } : new TurnResult[0]);

            Server.Kill();
            Until(() => dones.Count == 1, "the turn ends");
            Assert.That(dones[0].Finish, Is.EqualTo(TurnFinish.Failed));
            Until(() => connection.State != BridgeState.Ready, "the connection is lost");
            Server.IsUp = true;
            Until(() => connection.State == BridgeState.Ready, "the connection is back");
            npc.Say("Again");
            V1.ConverseSay second = Said(2);
            Server.Dialogue.Token(second, "Yes.");
            Server.Dialogue.Done(second, "Yes.");
            Until(() => dones.Count == 2, "the second turn ends");

            Assert.That(dones[1].IsComplete, Is.True);
        }

        [Test]
        public void A_reply_can_be_iterated_with_await_on_the_main_thread()
        {
            NpcDialogue npc = Ready();
            var heard = new List<string>();
            Task all = Collect(npc.Say("Hello"), heard, CancellationToken.None);
            V1.ConverseSay say = Said(1);

            Server.Dialogue.Token(say, "Good ");
            Server.Dialogue.Token(say, "day.");
            Server.Dialogue.Done(say, "Good day.");
            Until(() => all.IsCompleted, "the loop ends");

            Assert.That(all.Exception, Is.Null);
            Assert.That(heard, Is.EqualTo(new[] { "Token", "Token", "Done" }));
        }

        [TestCase("broken out of")]
        [TestCase("thrown out of")]
        [TestCase("cancelled")]
        public void A_loop_that_is_left_cuts_the_reply_off(string how)
        {
            NpcDialogue npc = Ready();
            var dones = new List<TurnResult>();
            npc.Heard += item => dones.AddRange(item.Kind == TurnEventKind.Done ? new[] { item.Result } : new TurnResult[0]);
            using (var stop = new CancellationTokenSource())
            {
                NpcReply reply = npc.Say("Hello");
                Task<TurnResult> whole = reply.AsTask();
                Task loop = Leave(reply, how, stop);
                V1.ConverseSay say = Said(1);
                Server.Dialogue.Token(say, "Good ");
                Until(() => loop.IsCompleted && dones.Count > 0, "the loop ends, and the turn");

                Assert.That(loop.Status, Is.EqualTo(how == "broken out of" ? TaskStatus.RanToCompletion : how == "cancelled" ? TaskStatus.Canceled : TaskStatus.Faulted));
                Assert.That(whole.Result, Is.SameAs(dones[0]), "who awaits it gets what had been said");
                Assert.That((dones[0].Finish, dones[0].Text), Is.EqualTo((TurnFinish.Interrupted, "Good ")));
                Until(() => Server.Dialogue.Count(V1.ConverseRequest.MessageOneofCase.Interrupt) == 1, "the server is told");
                Server.Dialogue.Token(say, "day.");
                npc.Say("Again");
                V1.ConverseSay second = Said(2);
                Server.Dialogue.Done(second, "Yes.");
                Until(() => dones.Count == 2, "the next turn ends");
                Assert.That(dones[1].IsComplete, Is.True);
            }
        }

        [Test]
        public void A_loop_to_the_end_cuts_nothing_off()
        {
            NpcDialogue npc = Ready();
            Task all = Collect(npc.Say("Hello"), new List<string>(), CancellationToken.None);
            Server.Dialogue.Done(Said(1), "Good day.");
            Until(() => all.IsCompleted, "the loop ends");
            npc.Say("Again");
            Said(2);
            StubPlayer.Ticks(5);

            Assert.That(npc.LastResult, Is.Null, "the next turn is under way");
            Assert.That(Server.Dialogue.Count(V1.ConverseRequest.MessageOneofCase.Interrupt), Is.Zero);
        }

        [TestCase(true)]
        [TestCase(false)]
        public void A_character_that_goes_away_ends_its_reply_on_the_server(bool destroyed)
        {
            NpcDialogue npc = Ready();
            Say(npc, "Hello");
            if (destroyed)
            {
                UnityEngine.Object.Destroy(npc);
            }
            else
            {
                npc.enabled = false;
            }

            Until(() => Server.Dialogue.Count(V1.ConverseRequest.MessageOneofCase.Interrupt) == 1, "the server is told");
        }

        [Test]
        public void A_disabled_character_falls_silent()
        {
            NpcDialogue npc = Ready();
            V1.ConverseSay say = Say(npc, "Hello");
            List<string> heard = Listen(npc);

            npc.gameObject.SetActive(false);

            Assert.That(heard.Single(), Does.StartWith("done"));
            Assert.That(() => npc.Say("Hello?"), Throws.InvalidOperationException);
            Until(() => Server.Dialogue.Count(V1.ConverseRequest.MessageOneofCase.Interrupt) == 1, "the server is told");
            Assert.That(say, Is.Not.Null);
        }

        [Test]
        public void Empty_words_are_refused()
        {
            NpcDialogue npc = Ready();

            Assert.That(() => npc.Say("  "), Throws.ArgumentException);
        }

        [Test]
        public void The_text_so_far_is_made_only_for_those_who_listen()
        {
            NpcDialogue npc = Ready();
            var texts = new List<string>();
            npc.TextChanged += texts.Add;
            V1.ConverseSay say = Say(npc, "Hello");
            Server.Dialogue.Token(say, "Good ");
            Server.Dialogue.Token(say, "day.");
            Server.Dialogue.Done(say, "Good day.");
            Until(() => npc.LastResult != null, "the turn ends");

            Assert.That(texts, Is.Not.Empty);
            Assert.That(texts.Last(), Is.EqualTo("Good day."));
        }

        private static async Task Leave(NpcReply reply, string how, CancellationTokenSource stop)
        {
            await foreach (TurnEvent item in reply.WithCancellation(stop.Token))
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

        private static async Task Collect(NpcReply reply, List<string> heard, CancellationToken stop)
        {
            await foreach (TurnEvent item in reply.WithCancellation(stop))
            {
                Assert.That(MainThread.IsCurrent, Is.True);
                if (item.Kind != TurnEventKind.Started)
                {
                    heard.Add(item.Kind.ToString());
                }
            }
        }
    }
}
