using System.Threading.Tasks;
using FrameBridge.V1;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>A conversation with an NPC, against a server in memory that knows some.</summary>
    public abstract class NpcFixture : DialogueFixture
    {
        [SetUp]
        public void KnowNpcs()
        {
            Server.Limits.MaxHistoryLines = 64;
            Server.Limits.MaxHistoryBytes = 4096;
            Server.Limits.MaxNpcBytes = 4096;
            Server.Limits.MaxActionResultBytes = 64;
        }

        private protected static FrameBridge.Npc Mara() => new FrameBridge.Npc
        {
            Id = "mara", Name = "Mara Quill", Trade = "innkeeper", Persona = "Mara is brisk and kind.", Currency = "silver",
        };

        private protected static ConverseResponse Sentence(Turn turn, string text, int start, int end) =>
            Of(turn, new ConverseResponse { Sentence = new TurnSentence { Text = text, Start = start, End = end } });

        private protected static ConverseResponse Done(Turn turn, string text, int lines = 0, V1.TurnFinish finish = V1.TurnFinish.End) =>
            Of(turn, new ConverseResponse { Done = new TurnDone { Finish = finish, Text = text, HistoryLineCount = lines } });

        private protected static ConverseResponse Called(Turn turn, string id, string name, string arguments = "{}") => Of(turn, new ConverseResponse
        {
            Action = new TurnAction { CallId = id, Name = name, ArgumentsJson = arguments, TimeoutMicros = 5_000_000 },
        });

        private protected static async Task<TurnEvent> Next(Turn turn, TurnEventKind kind)
        {
            var found = default(TurnEvent);
            await Expect.Until(
                () =>
                {
                    while (found.Kind != kind && turn.TryTake(out found))
                    {
                    }

                    return found.Kind == kind;
                },
                $"an event {kind}");
            return found;
        }

        /// <summary>A turn from start to end.</summary>
        private protected async Task<Turn> Talk(ScriptedCall call, string text, string reply, int lines = 0)
        {
            var turn = Conversation.Say(text);
            call.Say(Of(turn, new ConverseResponse { Started = new TurnStarted() }));
            call.Say(Token(turn, reply));
            call.Say(Done(turn, reply, lines));
            await turn.WaitAsync();
            return turn;
        }
    }
}
