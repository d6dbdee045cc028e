using System.Collections.Generic;
using NUnit.Framework;
using UnityEngine;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>What of a persona is sent to the server.</summary>
    public sealed class NpcPersonaTests : NpcFixture
    {
        [Test]
        public void The_persona_goes_up_with_the_words()
        {
            NpcPersona persona = ScriptableObject.CreateInstance<NpcPersona>();
            persona.Description = "You are Mira.";
            persona.Sampling = new Sampling { Temperature = 0.25f, MaxTokens = 40, Stop = new[] { "END" } };
            persona.FirstTokenSeconds = 1.5f;
            NpcDialogue npc = Ready(made =>
            {
                made.Persona = persona;
                made.ConversationName = "mira";
            });

            V1.ConverseSay say = Say(npc, "Hello");

            Assert.That(say.ConversationId, Is.EqualTo("mira"));
            Assert.That(say.Persona, Is.EqualTo("You are Mira."));
            Assert.That(say.Sampling.Temperature, Is.EqualTo(0.25f));
            Assert.That(say.Sampling.MaxNewTokens, Is.EqualTo(40));
            Assert.That(say.Sampling.Stop, Is.EqualTo(new[] { "END" }));
            Assert.That(say.Budget.BudgetMicros, Is.EqualTo(1_500_000));
        }

        [Test]
        public void Actions_of_the_persona_are_told()
        {
            NpcPersona persona = ScriptableObject.CreateInstance<NpcPersona>();
            persona.Actions = new[] { "wave", "bow" };
            NpcDialogue npc = Ready(made => made.Persona = persona);
            var actions = new List<string>();
            npc.OnAction.AddListener(actions.Add);
            V1.ConverseSay say = Say(npc, "Hello");
            foreach (string piece in new[] { "[wa", "ve] Hello! *bow", "*" })
            {
                Server.Dialogue.Token(say, piece);
            }

            Server.Dialogue.Done(say, "[wave] Hello! *bow*");
            Until(() => npc.LastResult != null, "the turn ends");

            Assert.That(actions, Is.EqualTo(new[] { "wave", "bow" }));
        }

        [Test]
        public void A_server_that_forgot_the_conversation_gets_the_persona_again_and_the_game_hears_of_it()
        {
            NpcPersona persona = ScriptableObject.CreateInstance<NpcPersona>();
            persona.Description = "You are Mira.";
            BridgeConnection connection = Connect();
            NpcDialogue npc = Make<NpcDialogue>(made => made.Persona = persona);
            var dones = new List<TurnResult>();
            npc.Heard += item => dones.AddRange(item.Kind == TurnEventKind.Done ? new[] { item.Result } : new TurnResult[0]);
            V1.ConverseSay say = Say(npc, "Hello");
            Server.Dialogue.Start(say);
            Server.Dialogue.Done(say, "Good day.");
            Until(() => dones.Count == 1, "the turn ends");

            Server.Kill();
            Until(() => connection.State != BridgeState.Ready, "the connection is lost");
            Server.IsUp = true;
            Until(() => connection.State == BridgeState.Ready, "the connection is back");
            npc.Say("Again");
            V1.ConverseSay second = Said(2);
            Server.Dialogue.Start(second);
            Server.Dialogue.Done(second, "Yes.");
            Until(() => dones.Count == 2, "the second turn ends");

            Assert.That(second.Persona, Does.StartWith("You are Mira.").And.Contain("Good day."));
            Assert.That((dones[0].MemoryLost, dones[1].MemoryLost), Is.EqualTo((false, true)));
            Assert.That(npc.LastResult.MemoryLost, Is.True);
        }

        [Test]
        public void A_new_persona_leaves_how_it_speaks_to_the_server()
        {
            NpcPersona persona = ScriptableObject.CreateInstance<NpcPersona>();
            persona.Description = "You are Mira.";
            NpcDialogue npc = Ready(made => made.Persona = persona);

            V1.ConverseSay say = Say(npc, "Hello");

            Assert.That(say.Sampling, Is.Null);
            Assert.That((say.Budget.BudgetMicros, say.PaceMicros), Is.EqualTo((0L, 0L)));
            persona.Sampling = new Sampling { TopP = 0.5f };
            Assert.That((persona.Sampling.Temperature, persona.Sampling.TopP, persona.Sampling.RepetitionPenalty), Is.EqualTo(((float?)null, (float?)0.5f, (float?)null)));
            persona.Sampling = null;
            Assert.That((persona.Sampling.Temperature, persona.Sampling.TopP, persona.Sampling.RepetitionPenalty), Is.EqualTo(((float?)null, (float?)null, (float?)null)));
        }

        [Test]
        public void A_persona_that_was_saved_before_goes_on_speaking_as_it_did()
        {
            NpcPersona persona = ScriptableObject.CreateInstance<NpcPersona>();
            Inspector.Set(persona, "temperature", 0.7f); // what each persona had in its file, chosen or not
            Inspector.Set(persona, "topP", 0.9f);
            Inspector.Set(persona, "repetitionPenalty", 1.1f);
            Inspector.Set(persona, "firstTokenSeconds", 2f);
            NpcDialogue npc = Ready(made => made.Persona = persona);

            V1.ConverseSay say = Say(npc, "Hello");

            Assert.That((say.Sampling.Temperature, say.Sampling.TopP, say.Sampling.RepetitionPenalty), Is.EqualTo((0.7f, 0.9f, 1.1f)));
            Assert.That(say.Budget.BudgetMicros, Is.EqualTo(2_000_000));
        }
    }
}
