using System.Collections.Generic;
using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Stub;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>A character's problem when it does not answer.</summary>
    public sealed class NpcProblemTests : ProblemFixture
    {
        private static IEnumerable<TestCaseData> Failures()
        {
            yield return Row(
                Outcomes.Refused(V1.ErrorReason.UnknownModel, "model 'dialogue' could not be loaded (out of memory); mend that"), "out of memory");
            yield return Row(
                Outcomes.Of(V1.Disposition.Invalid, V1.ErrorReason.PromptTooLong, "the prompt has 300 tokens where 256 fit; shorten it"), "256 fit");
            yield return Row(Outcomes.Refused(V1.ErrorReason.Overloaded, "all 2 seats are taken; say it again"), "2 seats");
            yield return Row(Outcomes.OverBudget(1, V1.Stage.Queue), "3000 ms", "First Token Seconds", "3.60");
            yield return Row(Outcomes.Of(V1.Disposition.Failed, V1.ErrorReason.ModelFault, "the model fell over"), "fell over");
        }

        [TestCaseSource(nameof(Failures))]
        public void Why_a_turn_failed_is_said_with_the_fallback_line_until_it_speaks_again(object outcome, string[] words)
        {
            NpcDialogue npc = Ready();
            V1.ConverseSay say = Say(npc, "Hello", 1);

            Server.Dialogue.Fail(say, (V1.Outcome)outcome);
            Until(() => npc.LastResult != null, "the turn ends");

            Assert.That(npc.Text, Is.EqualTo("Hm?"));
            foreach (string word in words)
            {
                Assert.That(npc.Problem, Does.Contain(word));
            }

            Assert.That(UnityEngine.Debug.StubCount(LogType.Warning), Is.EqualTo(1));
            Server.Dialogue.Token(Say(npc, "Again", 2), "Yes.");
            Until(() => npc.State == NpcState.Speaking, "it speaks");
            Assert.That(npc.Problem, Is.Empty);
        }

        [Test]
        public void Without_a_connection_the_fallback_line_is_said_because_of_that()
        {
            NpcDialogue npc = Make<NpcDialogue>(made => made.Persona = Persona());
            npc.Say("Hello");

            Until(() => npc.LastResult != null, "the turn ends");

            Assert.That(npc.Problem, Does.Contain("no connection is enabled"));
            Assert.That(npc.LastResult.Outcome.Message, Is.EqualTo(npc.Problem));
        }

        [Test]
        public void While_the_server_is_away_it_says_what_the_connection_says()
        {
            Server.IsUp = false;
            BridgeConnection connection = Connect(wait: false);
            NpcDialogue npc = Make<NpcDialogue>(made => made.Persona = Persona());
            Until(() => connection.Problem.Contains("no server"), "the server is known to be away");
            npc.Say("Hello");
            StubPlayer.Ticks(3 * Second);
            Until(() => npc.LastResult != null, "the turn ends");

            Assert.That(npc.Problem, Is.EqualTo(connection.Problem).And.Contain("no server answers"));
            Assert.That(npc.LastResult.Outcome.Message, Does.Contain("no server answers"));
        }

        [Test]
        public void Too_many_conversations_are_told()
        {
            BridgeConnection connection = Connect();
            for (int i = 0; i < 8; i++)
            {
                connection.Client.Dialogue.Open();
            }

            NpcDialogue npc = Make<NpcDialogue>(made => made.Persona = Persona());
            StubPlayer.Ticks(2);
            Assert.That(npc.Problem, Does.Contain("all 8 conversations"));

            npc.Say("Hello");
            StubPlayer.Ticks(3 * Second);
            Assert.That(npc.Text, Is.EqualTo("Hm?"));
            Assert.That(npc.LastResult.Outcome.Message, Does.Contain("all 8 conversations"));
            Assert.That(UnityEngine.Debug.StubCount(LogType.Warning), Is.EqualTo(1));
        }

        [Test]
        public void A_reply_that_does_not_begin_in_its_time_is_told()
        {
            NpcDialogue npc = Ready();
            V1.ConverseSay say = Say(npc, "Hello", 1);
            StubPlayer.Ticks(Second);
            Assert.That(npc.Problem, Is.Empty, "it has two seconds");

            StubPlayer.Ticks(2 * Second);
            Assert.That(npc.Problem, Does.Contain("no reply for 3 s although the connection is ready"));

            Server.Dialogue.Token(say, "Yes.");
            Until(() => npc.State == NpcState.Speaking, "it speaks");
            Assert.That(npc.Problem, Is.Empty);
        }

        [Test]
        public void One_that_nobody_speaks_to_has_no_problem()
        {
            NpcDialogue npc = Ready();

            StubPlayer.Ticks(5 * Second);

            Assert.That(npc.Problem, Is.Empty);
        }

        [Test]
        public void While_its_model_is_loading_it_says_so_before_anybody_speaks()
        {
            BridgeModel[] ready = Server.Models;
            Server.Models = new[] { ScriptedServer.Model("dialogue", Capability.Dialogue, ModelState.Loading, "warming up") };
            NpcDialogue npc = Ready(NpcState.Loading);

            StubPlayer.Ticks(Second);
            Assert.That(npc.Problem, Does.Contain("still loading on the server (warming up)"));

            Server.Models = ready;
            Until(() => npc.Problem.Length == 0, "the client hears that the model is ready");
        }

        [Test]
        public void It_is_loading_with_its_model_and_idle_the_frame_after_that_is_there()
        {
            BridgeModel[] ready = Server.Models;
            BridgeModel loading = ScriptedServer.Model("dialogue", Capability.Dialogue, ModelState.Loading, "warming up");
            Server.Models = new[] { loading };
            Server.Minor = 1;
            NpcDialogue npc = Ready(NpcState.Loading);
            Until(() => Server.IsWatched && npc.Connection.Client.Dialogue.IsOpen, "the client watches, and the stream is open");
            StubPlayer.Ticks(Second);
            Assert.That(npc.State, Is.EqualTo(NpcState.Loading));
            Assert.That(npc.Problem, Does.Contain("wait until it is ready"));

            Server.Tell(ready);
            StubPlayer.Tick();
            Assert.That((npc.State, npc.Problem), Is.EqualTo((NpcState.Idle, string.Empty)));

            Server.Tell(loading); // as when it is loaded anew
            StubPlayer.Tick();
            Assert.That(npc.State, Is.EqualTo(NpcState.Loading));
        }

        private static TestCaseData Row(V1.Outcome outcome, params string[] words) =>
            new TestCaseData(outcome, words).SetName("{m}: " + words[0]);

        private static NpcPersona Persona()
        {
            NpcPersona persona = ScriptableObject.CreateInstance<NpcPersona>();
            persona.FallbackLines = new[] { "Hm?" };
            persona.FirstTokenSeconds = 2f;
            return persona;
        }

        private NpcDialogue Ready(NpcState state = NpcState.Idle)
        {
            Connect();
            NpcDialogue npc = Make<NpcDialogue>(made => made.Persona = Persona());
            Until(() => npc.State == state, "the stream is open");
            return npc;
        }

        private V1.ConverseSay Say(NpcDialogue npc, string text, int count)
        {
            npc.Say(text);
            WaitUntil(() => Server.Dialogue.Said().Count == count, "the words reach the server");
            return Server.Dialogue.Said().Last();
        }
    }
}
