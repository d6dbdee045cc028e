using System;
using System.Linq;
using System.Threading.Tasks;
using FrameBridge.V1;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Which character a turn is with, what goes up with it, and what comes back.</summary>
    public class NpcTurnTests : NpcFixture
    {
        [Test]
        public async Task AnNpcOfTheServersIsNamedAndItsPersonaStaysHere()
        {
            Conversation.NpcId = "mara";
            Conversation.Player = new FrameBridge.NpcPlayer("Ada", "friend", "guard");
            Conversation.Memories = new[] { "Ada paid for the last round." };
            Conversation.WantsTrace = true;
            var call = await Opened();
            Conversation.Say("Hello");
            var say = (await Heard(call, 2))[1].Say;
            Assert.That((say.NpcId, say.Npc, say.Persona, say.WantsTrace), Is.EqualTo(("mara", (V1.Npc)null, string.Empty, true)));
            Assert.That((say.Player.Name, string.Join(",", say.Player.Roles), say.Memories.Single()), Is.EqualTo(("Ada", "friend,guard", "Ada paid for the last round.")));
        }

        [Test]
        public async Task AnInlineNpcGoesUpUntilTheServerHasIt()
        {
            var npc = Mara();
            Conversation.SetNpc(npc);
            var call = await Opened();
            var refused = Conversation.Say("Hello");
            call.Say(Done(refused, string.Empty, finish: V1.TurnFinish.Failed));
            await refused.WaitAsync();
            await Talk(call, "Hello", "Evening.");
            await Talk(call, "And now", "Still here.");
            Conversation.SetNpc(Mara()); // the same again
            await Talk(call, "Same", "Yes.");
            npc.Trade = "baker";
            Conversation.SetNpc(npc);
            await Talk(call, "Changed", "Bread?");
            var says = (await Heard(call, 6)).Skip(1).Select(one => one.Say.Npc?.Trade);
            Assert.That(says, Is.EqualTo(new[] { "innkeeper", "innkeeper", null, null, "baker" }));
        }

        [TestCase(true)]
        [TestCase(false)]
        public async Task AServerThatForgotTheConversationGetsTheNpcAgain(bool forgot)
        {
            Conversation.SetNpc(Mara());
            var first = await Opened();
            await Talk(first, "Hello", "Evening.");
            first.Break();
            var second = await Server.Call(BridgeStream.Dialogue, first);
            var opened = new ConverseOpened();
            if (!forgot)
            {
                opened.ConversationIds.Add("guard");
            }

            second.Say(new ConverseResponse { Opened = opened });
            await Expect.Until(() => Client.Dialogue.IsOpen, "the stream is open");
            Conversation.Say("Again");
            Assert.That((await Heard(second, 2))[1].Say.Npc != null, Is.EqualTo(forgot));
        }

        [Test]
        public async Task WithoutAnNpcNothingOfItGoesUp()
        {
            Conversation.Player = new FrameBridge.NpcPlayer("Ada");
            Conversation.WantsTrace = true;
            Conversation.NpcId = "mara";
            Conversation.SetNpc(null);
            var call = await Opened();
            Conversation.Say("Hello");
            var say = (await Heard(call, 2))[1].Say;
            Assert.That((say.NpcId, say.Npc, say.Player, say.WantsTrace, say.Persona), Is.EqualTo((string.Empty, (V1.Npc)null, (V1.NpcPlayer)null, false, "You guard the gate.")));
        }

        [Test]
        public async Task AnOlderServerIsToldOfNoNpc()
        {
            Server.Limits.MaxNpcBytes = 0;
            Conversation.NpcId = "mara";
            var call = await Opened();
            var result = await Conversation.Say("Hello").WaitAsync();
            Assert.That((result.Finish, result.Outcome.Reason, result.Outcome.Retryable), Is.EqualTo((TurnFinish.Failed, ErrorReason.VersionMismatch, false)));
            Assert.That(result.Outcome.Message, Does.Contain("minor version 6"));
            Assert.That(call.Up, Has.Count.EqualTo(1));
        }

        [Test]
        public async Task AnNpcOverTheLimitIsRefusedHere()
        {
            var npc = Mara();
            npc.Lore = new[] { new FrameBridge.NpcLore { Title = "Long", Text = new string('x', 5000) } };
            Conversation.SetNpc(npc);
            await Opened();
            var result = await Conversation.Say("Hello").WaitAsync();
            Assert.That((result.Outcome.Reason, result.Outcome.Message), Is.EqualTo((ErrorReason.TooLarge, result.Outcome.Message)));
            Assert.That(result.Outcome.Message, Does.Contain("4096").And.Contain("server's folder"));
        }

        [Test]
        public async Task SentencesSayWhereTheyStandWhatTheyShowAndWhy()
        {
            Conversation.NpcId = "mara";
            var call = await Opened();
            var turn = Conversation.Say("Hello");
            call.Say(Token(turn, "Ha 🎮! "));
            call.Say(Token(turn, "Seven silver."));
            var sentence = Sentence(turn, "Seven silver.", 6, 19); // in code points: the game pad is one
            sentence.Sentence.Emotion = Emotion.Joy;
            sentence.Sentence.Intensity = 0.5f;
            sentence.Sentence.Trace = new V1.SentenceTrace { Stage = V1.SentenceStage.Free, Sources = { "wares[0].price" } };
            call.Say(sentence);
            call.Say(Of(turn, new ConverseResponse { Trace = new V1.TurnTrace { Nearest = "lines[0]", Known = { new V1.KnownFact { Text = "A room costs 7 silver.", Source = "wares[0].price" } } } }));
            var done = Done(turn, "Ha 🎮! Seven silver.");
            done.Done.Moderation = new V1.Moderated { Outcome = V1.ModerationOutcome.Mark, Reasons = { "insult" } };
            call.Say(done);
            var result = await turn.WaitAsync();
            var told = (await Next(turn, TurnEventKind.Sentence)).Sentence;
            Assert.That(result.Sentences.Single(), Is.SameAs(told));
            Assert.That(result.Text.Substring(told.Start, told.End - told.Start), Is.EqualTo("Seven silver."));
            Assert.That((told.Emotion, told.Intensity), Is.EqualTo((NpcEmotion.Joy, 0.5f)));
            Assert.That((told.Trace.Stage, told.Trace.Sources.Single()), Is.EqualTo((SentenceStage.Free, "wares[0].price")));
            Assert.That((result.Trace.Nearest, result.Trace.Known.Single().Text), Is.EqualTo(("lines[0]", "A room costs 7 silver.")));
            Assert.That((result.Moderation.Outcome, result.Moderation.Reasons.Single()), Is.EqualTo((ModerationOutcome.Mark, "insult")));
        }

        [Test]
        public async Task FormsGoUpAndAnOlderServerIsToldOfNone()
        {
            var call = await Opened();
            foreach (var form in new[] { ReplyForm.JsonSchema("{}"), ReplyForm.Regex("yes|no"), ReplyForm.Lark("start: \"a\"") })
            {
                Conversation.Form = form;
                Conversation.Say("Hello");
            }

            var forms = (await Heard(call, 4)).Skip(1).Select(one => one.Say.Form).ToArray();
            Assert.That((forms[0].JsonSchema, forms[1].Regex, forms[2].Lark), Is.EqualTo(("{}", "yes|no", "start: \"a\"")));
            Server.Limits.MaxHistoryLines = 0;
            Assert.That((await Conversation.Say("Hello").WaitAsync()).Outcome.Message, Does.Contain("minor version 5"));
            Assert.Throws<ArgumentException>(() => ReplyForm.Regex(" "));
        }
    }
}
