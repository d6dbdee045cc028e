using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Stub;
using Debug = UnityEngine.Debug;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>What the game does when an NPC acts.</summary>
    public sealed class NpcActionsTests : NpcFixture
    {
        private NpcDialogue _npc;
        private NpcActions _actions;

        [SetUp]
        public void KnowNpcs() => Server.KnowsNpcs = true;

        [Test]
        public void A_typed_handler_answers_and_the_character_is_raised_as_acting()
        {
            Act();
            var acted = new List<string>();
            _npc.OnAction.AddListener(acted.Add);
            _actions.Handlers.Set("hand_over_key", ActionParameter.Int("nights"), (nights, call) => call.Done($"The key is good for {nights} nights."));
            V1.ConverseSay say = Say(_npc, "The key, please");
            Server.Dialogue.Call(say, "c1", "hand_over_key", "{\"nights\": 3}");
            Until(() => Server.Dialogue.Results().Count == 1, "the result goes up");

            V1.ActionResult sent = Server.Dialogue.Results().Single();
            Assert.That((sent.CallId, sent.ResultJson), Is.EqualTo(("c1", "\"The key is good for 3 nights.\"")));
            Assert.That(acted, Is.EqualTo(new[] { "hand_over_key" }));
            Assert.That((_actions.OpenCalls.Count, _actions.Problem), Is.EqualTo((0, string.Empty)));
        }

        [Test]
        public void The_inspector_answers_at_once_or_later()
        {
            Act();
            int opened = 0;
            var shop = new NpcActionBinding { Action = "open_shop", Sentence = "The shop is open." };
            shop.OnCalled.AddListener(() => opened++);
            _actions.Actions.Add(shop);
            _actions.Actions.Add(new NpcActionBinding { Action = "walk", Answer = NpcActionAnswer.Later });
            _actions.Actions.Add(new NpcActionBinding { Action = "jump", Answer = NpcActionAnswer.Later });
            V1.ConverseSay say = Say(_npc, "Open up");
            Server.Dialogue.Call(say, "c1", "open_shop");
            Server.Dialogue.Call(say, "c2", "walk");
            Server.Dialogue.Call(say, "c3", "jump");
            Until(() => _actions.OpenCalls.Count == 2, "two wait");
            Assert.That(Server.Dialogue.Results(), Has.Count.LessThanOrEqualTo(1));

            _actions.Done("walk");
            _actions.Fail("jump");
            _actions.Done("nothing of the kind");
            Until(() => Server.Dialogue.Results().Count == 3, "all are answered");
            Assert.That(Server.Dialogue.Results().Select(each => each.CallId + each.ResultCase), Is.EqualTo(new[] { "c1ResultJson", "c2ResultJson", "c3Error" }));
            Assert.That((opened, Server.Dialogue.Results()[0].ResultJson), Is.EqualTo((1, "\"The shop is open.\"")));
        }

        [Test]
        public void What_nobody_does_fails_at_once_and_is_said_once()
        {
            Act();
            V1.ConverseSay say = Say(_npc, "Dance");
            Server.Dialogue.Call(say, "c1", "dance");
            Server.Dialogue.Call(say, "c2", "dance");
            Until(() => Server.Dialogue.Results().Count == 2, "both fail");

            Assert.That(Server.Dialogue.Results().Select(each => each.ResultCase), Is.All.EqualTo(V1.ActionResult.ResultOneofCase.Error));
            Assert.That(_actions.Problem, Does.Contain("nobody does the action dance"));
            Assert.That(Debug.StubEntries.Count(each => each.Type == LogType.Warning), Is.EqualTo(1));
        }

        [Test]
        public void A_handler_that_throws_fails_its_call_and_is_logged()
        {
            ExceptionsExpected = true;
            Act();
            _actions.Handlers.Set("break", _ => throw new InvalidOperationException("it broke"));
            Server.Dialogue.Call(Say(_npc, "Break it"), "c1", "break");
            Until(() => Server.Dialogue.Results().Count == 1, "it fails");
            Assert.That(Debug.StubEntries.Single(each => each.Type == LogType.Exception).Text, Does.Contain("it broke"));
        }

        [Test]
        public void An_asynchronous_handler_answers_in_a_later_frame()
        {
            Act();
            var gate = new TaskCompletionSource<bool>();
            _actions.Handlers.Set("sell", ActionParameter.Text("part"), ActionParameter.Int("count"), async (part, count, call) =>
            {
                await gate.Task;
                call.Done($"{count} of {part}");
            });
            Server.Dialogue.Call(Say(_npc, "Two motors"), "c1", "sell", "{\"part\": \"motor\", \"count\": 2}");
            Until(() => _actions.OpenCalls.Count == 1, "it is called");
            StubPlayer.Ticks(5);
            Assert.That(Server.Dialogue.Results(), Is.Empty);

            gate.SetResult(true);
            Until(() => Server.Dialogue.Results().Count == 1, "it is answered");
            Assert.That(Server.Dialogue.Results().Single().ResultJson, Is.EqualTo("\"2 of motor\""));
        }

        [Test]
        public void An_asynchronous_handler_that_throws_fails_its_call_and_is_logged()
        {
            ExceptionsExpected = true;
            Act();
            var gate = new TaskCompletionSource<bool>();
            _actions.Handlers.Set("break", ActionParameter.Int("nights"), async (_, call) => await gate.Task);
            Server.Dialogue.Call(Say(_npc, "Break it"), "c1", "break");
            Until(() => _actions.OpenCalls.Count == 1, "it is called");
            gate.SetException(new InvalidOperationException("it broke"));
            Until(() => Server.Dialogue.Results().Count == 1, "it fails");

            Assert.That(Server.Dialogue.Results().Single().ResultCase, Is.EqualTo(V1.ActionResult.ResultOneofCase.Error));
            Assert.That(Debug.StubEntries.Single(each => each.Type == LogType.Exception).Text, Does.Contain("it broke"));
        }

        [Test]
        public void An_asynchronous_handler_stops_when_the_player_cuts_in()
        {
            Act();
            bool isStopped = false;
            _actions.Handlers.Set("walk", async call =>
            {
                try
                {
                    await Task.Delay(Timeout.Infinite, call.Cancellation);
                }
                finally
                {
                    isStopped = true;
                }
            });
            Server.Dialogue.Call(Say(_npc, "Walk"), "c1", "walk");
            Until(() => _actions.OpenCalls.Count == 1, "it is called");
            _npc.Interrupt();
            Until(() => isStopped, "it stops");
            StubPlayer.Ticks(3);
            Assert.That(Debug.StubEntries.Where(each => each.Type == LogType.Exception), Is.Empty);
        }

        [Test]
        public void A_call_whose_time_is_over_is_cancelled_and_the_mend_is_said()
        {
            Act();
            List<string> cancelled = Cancelled("walk");
            V1.ConverseSay say = Say(_npc, "Walk");
            Server.Dialogue.Call(say, "c1", "walk");
            Until(() => _actions.OpenCalls.Count == 1, "it is called");
            Server.Dialogue.EndCall(say, "c1", V1.ActionEnding.Timeout);
            Until(() => cancelled.Count == 3, "it is cancelled");

            Assert.That(cancelled, Is.EqualTo(new[] { "Timeout", "binding", "walk" }));
            Assert.That(_actions.Problem, Does.Contain("walk was not answered within 5 s"));
            Assert.That(_actions.OpenCalls, Is.Empty);
        }

        [TestCase(true)]
        [TestCase(false)]
        public void Cutting_in_cancels_what_the_character_does_before_the_turn_is_done(bool bySpeaking)
        {
            Act();
            List<string> cancelled = Cancelled("walk");
            _npc.Heard += item => cancelled.AddRange(item.Kind == TurnEventKind.Done ? new[] { "done" } : new string[0]);
            Server.Dialogue.Call(Say(_npc, "Walk"), "c1", "walk");
            Until(() => _actions.OpenCalls.Count == 1, "it is called");
            if (bySpeaking)
            {
                _npc.Say("Stop");
            }
            else
            {
                _npc.Interrupt();
            }

            Assert.That(cancelled, Is.EqualTo(new[] { "Interrupted", "binding", "walk", "done" }));
            Assert.That((_actions.OpenCalls.Count, _actions.Problem), Is.EqualTo((0, string.Empty)), "no fault of the game's");
            StubPlayer.Ticks(3);
            Assert.That(Server.Dialogue.Results(), Is.Empty);
        }

        [Test]
        public void A_listener_that_speaks_when_an_action_is_cancelled_is_answered()
        {
            Act();
            var dones = new List<TurnFinish>();
            NpcReply second = null;
            _npc.Heard += item =>
            {
                if (item.Kind == TurnEventKind.Done)
                {
                    dones.Add(item.Result.Finish);
                }
                else if (item.Kind == TurnEventKind.ActionEnded && second == null)
                {
                    second = _npc.Say("Why did you stop?");
                }
            };
            _actions.Actions.Add(new NpcActionBinding { Action = "walk", Answer = NpcActionAnswer.Later });
            Server.Dialogue.Call(Say(_npc, "Walk"), "c1", "walk");
            Until(() => _actions.OpenCalls.Count == 1, "it is called");
            _npc.Interrupt();
            Assert.That(dones, Is.EqualTo(new[] { TurnFinish.Interrupted }));
            Server.Dialogue.Done(Said(2), "Because.");
            Until(() => second.IsOver, "the second turn ends");
            Assert.That(dones, Is.EqualTo(new[] { TurnFinish.Interrupted, TurnFinish.End }));
        }

        [Test]
        public void A_call_that_was_never_raised_is_not_cancelled_either()
        {
            Act();
            List<string> cancelled = Cancelled("walk");
            V1.ConverseSay say = Say(_npc, "Walk");
            CapabilityStatistics received = _npc.Connection.Client.Statistics.Dialogue;
            long before = received.ReceivedMessageCount;
            _npc.Heard += item =>
            {
                if (item.Kind == TurnEventKind.Token)
                {
                    _npc.Interrupt();
                }
            };
            Server.Dialogue.Token(say, "Hm. ");
            Server.Dialogue.Call(say, "c1", "walk");
            Server.Dialogue.Token(say, "Well."); // once it is counted, the two before it are queued
            Assert.That(SpinWait.SpinUntil(() => received.ReceivedMessageCount == before + 3, TimeSpan.FromSeconds(30)), "both are here, and not raised");
            Until(() => _npc.LastResult != null, "the turn ends");
            Assert.That(cancelled, Is.Empty);
        }

        [Test]
        public void Disabling_answers_what_is_open()
        {
            Act();
            _actions.Actions.Add(new NpcActionBinding { Action = "walk", Answer = NpcActionAnswer.Later });
            Server.Dialogue.Call(Say(_npc, "Walk"), "c1", "walk");
            Until(() => _actions.OpenCalls.Count == 1, "it is called");
            _actions.enabled = false;
            Until(() => Server.Dialogue.Results().Count == 1, "it fails");
            Assert.That(Server.Dialogue.Results().Single().ResultCase, Is.EqualTo(V1.ActionResult.ResultOneofCase.Error));
        }

        private void Act()
        {
            _npc = Ready(made =>
            {
                NpcPersona persona = ScriptableObject.CreateInstance<NpcPersona>();
                persona.Source = NpcSource.ServerFile;
                persona.NpcId = "mara";
                made.Persona = persona;
                _actions = made.gameObject.AddComponent<NpcActions>();
            });
        }

        private List<string> Cancelled(string action)
        {
            var cancelled = new List<string>();
            var binding = new NpcActionBinding { Action = action, Answer = NpcActionAnswer.Later };
            binding.OnCancelled.AddListener(() => cancelled.Add("binding"));
            _actions.Actions.Add(binding);
            _actions.Cancelled += call => cancelled.Add(call.Ending.ToString());
            _actions.OnCancelled.AddListener(cancelled.Add);
            return cancelled;
        }
    }
}
