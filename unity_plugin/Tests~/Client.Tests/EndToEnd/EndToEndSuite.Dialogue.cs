using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Tests
{
    /// <summary>Dialogue.</summary>
    internal static partial class EndToEndSuite
    {
        public static async Task ATurnIsCompleteAndTold(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var conversation = Talk(client);
            var turn = conversation.Say("Hello there, who are you?", Generous, Generous);
            var text = string.Empty;
            var sentences = 0;
            using var patience = new CancellationTokenSource(Expect.Patience);
            await foreach (var one in turn.EventsAsync(patience.Token).ConfigureAwait(false))
            {
                text += one.Kind == TurnEventKind.Token ? one.Text : string.Empty;
                sentences += one.Kind == TurnEventKind.Sentence ? 1 : 0;
                Expect.Equal(turn.TurnId, one.TurnId, "turn");
            }

            Expect.That(turn.Result.IsComplete, $"a whole reply, not {turn.Result.Finish}: {turn.Result.Outcome.Message}");
            Expect.Equal(turn.Result.Text.Trim(), text.Trim(), "the tokens joined");
            Expect.That(sentences > 0, "sentences");
            Expect.Equal(1, conversation.History.Count, "history");
        }

        public static async Task AnInterruptedTurnEndsAtOnce(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var conversation = Talk(client);
            var turn = conversation.Say("count 200 please, and tell me a very long story", Generous, Generous);
            turn.Interrupt();
            Expect.That(turn.IsOver, "over");
            Expect.Equal(TurnFinish.Interrupted, turn.Result.Finish, "finish");
            var next = await conversation.Say("And now?", Generous, Generous).WaitAsync().ConfigureAwait(false);
            Expect.That(next.IsComplete, $"the next turn is whole, not {next.Finish}: {next.Outcome.Message}");
        }

        public static async Task ALoopThatIsLeftEndsItsTurn(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var conversation = Talk(client);
            conversation.Sampling = new Sampling { MaxTokens = 200 }; // a short reply could be complete before the loop is left
            var turn = conversation.Say("count 200 please, and tell me a very long story", Generous, Generous);
            await foreach (var one in turn.EventsAsync().ConfigureAwait(false))
            {
                break;
            }

            Expect.That(turn.IsOver, "over");
            Expect.Equal(TurnFinish.Interrupted, turn.Result.Finish, "finish");
            var next = await Talk(client).Say("And now?", Generous, Generous).WaitAsync().ConfigureAwait(false);
            Expect.That(next.IsComplete, $"the next turn is whole, not {next.Finish}: {next.Outcome.Message}");
            Expect.That(!next.MemoryLost, "the same server remembers");
        }

        public static async Task ANewTurnEndsTheOldOne(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var conversation = Talk(client);
            var first = conversation.Say("Tell me about the old tower.", Generous, Generous);
            var second = conversation.Say("No, about the harbour.", Generous, Generous);
            Expect.Equal(TurnFinish.Interrupted, first.Result.Finish, "the first");
            var done = await second.WaitAsync().ConfigureAwait(false);
            Expect.That(done.IsComplete, $"the second is whole, not {done.Finish}: {done.Outcome.Message}");
            while (first.TryTake(out var late))
            {
                Expect.Equal(first.TurnId, late.TurnId, "no event of another turn");
            }
        }

        public static async Task ASavedTalkGoesOnInAnotherSession(string address)
        {
            ConversationHistory saved;
            await using (var client = await Expect.Connected(Options(address)).ConfigureAwait(false))
            {
                var conversation = Talk(client);
                var done = await conversation.Say("Hello there", Generous, Generous).WaitAsync().ConfigureAwait(false);
                Expect.That(done.IsComplete, $"a whole reply, not {done.Finish}: {done.Outcome.Message}");
                saved = conversation.Save();
                Expect.Equal(2, saved.Lines.Length, "lines");
                Expect.Equal("Hello there", saved.Lines[0].Text, "what the player said");
                Expect.Equal(done.Text.Trim(), saved.Lines[1].Text, "what the character said");
                Expect.That(done.HistoryLineCount == 2 || client.Limits.MaxHistoryLines == 0, "as many lines as the server has");
            }

            await using (var client = await Expect.Connected(Options(address)).ConfigureAwait(false))
            {
                var conversation = Talk(client);
                conversation.Restore(saved);
                var done = await conversation.Say("And now?", Generous, Generous).WaitAsync().ConfigureAwait(false);
                Expect.That(done.IsComplete, $"a whole reply, not {done.Finish}: {done.Outcome.Message}");
                Expect.That(done.HistoryLineCount == 4 || client.Limits.MaxHistoryLines == 0, "the server has all of it");
                Expect.Equal("Hello there", conversation.Save().Lines[0].Text, "the talk goes on");
            }
        }

        private static Conversation Talk(BridgeClient client)
        {
            var conversation = client.Dialogue.Open("guard");
            conversation.Persona = "You are a guard at the town's gate. Answer in one short sentence.";
            conversation.Sampling = new Sampling { MaxTokens = 24, Seed = 1 };
            return conversation;
        }
    }
}
