using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Tests
{
    /// <summary>Talk with NPCs. What an author has written needs no model, so its words are known.</summary>
    internal static partial class EndToEndSuite
    {
        /// <summary>The tests that need a server of minor version 6.</summary>
        public static IReadOnlyList<string> SinceMinor6 { get; } = new[]
        {
            nameof(AnNpcSaysWhatItsAuthorHasWritten),
            nameof(AnNpcActsAndATypedHandlerAnswers),
            nameof(CuttingInEndsWhatAnNpcDoes),
            nameof(AWrongNpcIsRefusedInTheWordsOfTheCheck),
        };

        public static async Task AnNpcSaysWhatItsAuthorHasWritten(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            Expect.That(client.Limits.MaxNpcBytes > 0, "the limits of NPCs");
            var conversation = Meet(client, "e2e-authored");
            for (var i = 0; i < 2; i++)
            {
                var done = await conversation.Say("good evening to you", Generous, Generous).WaitAsync().ConfigureAwait(false);
                Expect.That(done.IsComplete, $"a whole reply, not {done.Finish}: {done.Outcome.Message}");
                Expect.Equal("Come in, Ada. Mind the step.", done.Text.Trim(), "the author's line");
                Expect.Equal(2, done.Sentences.Count, "sentences");
                foreach (var sentence in done.Sentences)
                {
                    Expect.Equal(sentence.Text, done.Text.Substring(sentence.Start, sentence.End - sentence.Start), "where it is");
                    Expect.That(sentence.Emotion != NpcEmotion.Unknown, "what it shows");
                    Expect.Equal(SentenceStage.Authored, sentence.Trace.Stage, "what made it");
                }

                Expect.Equal("lines[0]", done.Trace.Intent, "what the line was taken for");
            }
        }

        public static async Task AnNpcActsAndATypedHandlerAnswers(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var handlers = new ActionHandlers();
            var nights = 0;
            handlers.Set("hand_over_key", ActionParameter.Int("nights"), (count, call) =>
            {
                nights = count;
                call.Done($"The key is good for {count} nights.");
            });
            var turn = Meet(client, "e2e-action").Say("give me the key to a room for 3 nights", Generous, Generous);
            using var patience = new CancellationTokenSource(Expect.Patience);
            await foreach (var one in turn.EventsAsync(patience.Token).ConfigureAwait(false))
            {
                if (one.Kind == TurnEventKind.ActionCalled)
                {
                    Expect.That(handlers.TryRun(one.Call), "a handler");
                }
            }

            Expect.Equal(3, nights, "the argument");
            Expect.That(turn.Result.IsComplete, $"a whole reply, not {turn.Result.Finish}: {turn.Result.Outcome.Message}");
            Expect.Equal(1, turn.Result.Calls.Count, "calls");
            Expect.Equal(ActionEnding.None, turn.Result.Calls[0].Ending, "it was answered");
            Expect.That(turn.Result.Text.Length > 0, "the reply after it");
        }

        public static async Task CuttingInEndsWhatAnNpcDoes(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var conversation = Meet(client, "e2e-cut");
            var turn = conversation.Say("give me the key to a room for 2 nights", Generous, Generous);
            var item = default(TurnEvent);
            await Expect.Until(() => turn.TryTake(out item) && item.Kind == TurnEventKind.ActionCalled, "a call").ConfigureAwait(false);
            turn.Interrupt();
            Expect.Equal(ActionEnding.Interrupted, item.Call.Ending, "its end");
            Expect.That(!item.Call.Done(), "nobody waits for an answer");
            var next = await conversation.Say("good evening to you", Generous, Generous).WaitAsync().ConfigureAwait(false);
            Expect.That(next.IsComplete, $"the next turn is whole, not {next.Finish}: {next.Outcome.Message}");
        }

        public static async Task AWrongNpcIsRefusedInTheWordsOfTheCheck(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var wrong = Innkeeper("e2e-wrong");
            wrong.Wares[0].Item = "a room";
            var conversation = client.Dialogue.Open("e2e-wrong");
            conversation.SetNpc(wrong);
            var done = await conversation.Say("hello", Generous, Generous).WaitAsync().ConfigureAwait(false);
            Expect.Equal(TurnFinish.Failed, done.Finish, "finish");
            Expect.Equal("npc: " + NpcFile.Check(wrong)[0], done.Outcome.Message, "the sentence");
        }

        private static Conversation Meet(BridgeClient client, string id)
        {
            var conversation = client.Dialogue.Open(id);
            conversation.SetNpc(Innkeeper(id));
            conversation.Player = new NpcPlayer("Ada");
            conversation.WantsTrace = true;
            return conversation;
        }

        private static Npc Innkeeper(string id) => new Npc
        {
            Id = id,
            Name = "Mara Quill",
            Trade = "innkeeper",
            Persona = "Mara ran away from a fishing family. She is brisk and kind.",
            Currency = "silver",
            Wares = new[] { new NpcWare { Item = "room", Unit = "a night", Price = 7, HasStock = true, Stock = 3 } },
            Lines = new[] { new NpcLine { Intent = "greeting", Examples = new[] { "good evening to you" }, Say = new[] { "Come in, {player}. Mind the step." } } },
            Actions = new[]
            {
                new NpcAction
                {
                    Name = "hand_over_key",
                    Description = "Gives the player the key to a room for some nights.",
                    Examples = new[] { "give me the key to a room", "give me the key to a room for 3 nights" },
                    ParametersJson = "{\"type\": \"object\", \"required\": [\"nights\"], \"properties\": {\"nights\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 14}}}",
                    TimeoutSeconds = 20,
                },
            },
        };
    }
}
