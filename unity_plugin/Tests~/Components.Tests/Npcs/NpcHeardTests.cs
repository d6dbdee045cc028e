using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Stub;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>Who a character is goes up as it is described; of what it says the server keeps what was heard.</summary>
    public sealed class NpcHeardTests : NpcFixture
    {
        [SetUp]
        public void KnowNpcs() => (Server.KnowsNpcs, Server.MaxHistoryLines) = (true, 32);

        [Test]
        public void A_character_of_the_asset_goes_up_as_data()
        {
            NpcPersona persona = ScriptableObject.CreateInstance<NpcPersona>();
            persona.Source = NpcSource.Character;
            persona.Description = "not used";
            persona.Npc = new Npc { Id = "mara", Name = "Mara", Wares = new[] { new NpcWare { Item = "room", Price = 7.5, HasStock = true } } };
            NpcDialogue npc = Ready(made =>
            {
                made.Persona = persona;
                made.PlayerName = "Ada";
                made.PlayerRoles = new[] { "friend" };
                made.Memories = new[] { "Ada paid." };
                made.WantsTrace = true;
            });

            V1.ConverseSay say = Say(npc, "Hello");

            Assert.That((say.Npc.Id, say.Persona, say.WantsTrace), Is.EqualTo(("mara", string.Empty, true)));
            Assert.That((say.Npc.Wares[0].PriceHundredths, say.Npc.Wares[0].Stock, say.Npc.Wares[0].StockChoiceCase), Is.EqualTo((750L, 0L, V1.NpcWare.StockChoiceOneofCase.Stock)));
            Assert.That((say.Player.Name, say.Player.Roles.Single(), say.Memories.Single()), Is.EqualTo(("Ada", "friend", "Ada paid.")));
            persona.Source = NpcSource.ServerFile;
            persona.NpcId = "corin";
            npc.PlayerName = "Bo";
            V1.ConverseSay other = Say(npc, "Again");
            Assert.That((other.NpcId, other.Npc, other.Player.Name), Is.EqualTo(("corin", (V1.Npc)null, "Bo")));
            persona.Source = NpcSource.Description;
            V1.ConverseSay described = Say(npc, "And now");
            Assert.That((described.NpcId, described.Player, described.Persona), Is.EqualTo((string.Empty, (V1.NpcPlayer)null, "not used")));
        }

        [Test]
        public void A_form_goes_up_with_the_words()
        {
            NpcDialogue npc = Ready(made => made.Form = ReplyForm.Regex("yes|no"));
            Assert.That(Say(npc, "Well?").Form.Regex, Is.EqualTo("yes|no"));
        }

        [Test]
        public void Cutting_in_tells_what_was_heard()
        {
            NpcDialogue npc = Ready();
            V1.ConverseSay say = Say(npc, "Tell me");
            Server.Dialogue.Token(say, "Once upon a time");
            Until(() => npc.Text.Length > 4, "a token");
            npc.HeardLength = 4;
            npc.Interrupt();
            Until(() => Server.Dialogue.Interrupts().Count == 1, "the server is told");
            Assert.That(Server.Dialogue.Interrupts().Single().Heard, Is.EqualTo(4));
            Assert.That(npc.HeardLength, Is.EqualTo(-1));
        }

        [TestCase(true)]
        [TestCase(false)]
        public void Speaking_while_a_voice_goes_on_tells_what_was_heard_of_the_last_reply(bool bySpeaking)
        {
            NpcDialogue npc = Ready();
            V1.ConverseSay say = Say(npc, "Tell me");
            Server.Dialogue.Start(say);
            Server.Dialogue.Token(say, "Once upon a time");
            Server.Dialogue.Done(say, "Once upon a time");
            Until(() => npc.LastResult != null, "the turn ends");
            npc.HeardLength = 9;
            if (bySpeaking)
            {
                npc.Say("Wait");
            }
            else
            {
                npc.Interrupt();
            }

            Until(() => Server.Dialogue.Interrupts().Count == 1, "the server is told");
            V1.ConverseInterrupt sent = Server.Dialogue.Interrupts().Single();
            Assert.That((sent.TurnId, sent.Heard), Is.EqualTo((say.TurnId, 9)));
            Assert.That(npc.Save().Lines.Select(line => line.Text), Is.EqualTo(new[] { "Tell me", "Once upon" }));
        }

        [Test]
        public void A_reply_that_was_heard_to_its_end_needs_no_word()
        {
            NpcDialogue npc = Ready();
            V1.ConverseSay say = Say(npc, "Tell me");
            Server.Dialogue.Token(say, "No.");
            Server.Dialogue.Done(say, "No.");
            Until(() => npc.LastResult != null, "the turn ends");
            npc.HeardLength = 3;
            Say(npc, "Well");
            StubPlayer.Ticks(3);
            Assert.That(Server.Dialogue.Interrupts(), Is.Empty);
        }
    }
}
