using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using FrameBridge.V1;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>A connected client with one conversation, against a server in memory.</summary>
    public abstract class DialogueFixture
    {
        private protected ScriptedServer Server { get; private set; }

        private protected BridgeClient Client { get; private set; }

        private protected Conversation Conversation { get; private set; }

        [SetUp]
        public async Task Connect()
        {
            Server = new ScriptedServer();
            Client = new BridgeClient(Server.Options());
            await Client.ConnectAsync();
            Conversation = Client.Dialogue.Open("guard");
            Conversation.Persona = "You guard the gate.";
        }

        [TearDown]
        public void Close() => Client.Close();

        private protected static void Reply(ScriptedCall call, Turn turn, params string[] pieces)
        {
            call.Say(Of(turn, new ConverseResponse { Started = new TurnStarted { PromptTokens = 3 } }));
            foreach (var piece in pieces)
            {
                call.Say(Token(turn, piece));
            }

            call.Say(Of(turn, new ConverseResponse { Sentence = new TurnSentence { Text = string.Concat(pieces) } }));
            call.Say(Of(turn, new ConverseResponse { Done = new TurnDone { Finish = V1.TurnFinish.End, Text = string.Concat(pieces) } }));
        }

        private protected static ConverseResponse Token(Turn turn, string text) => Of(turn, new ConverseResponse { Token = new TurnToken { Text = text } });

        private protected static ConverseResponse Of(Turn turn, ConverseResponse response)
        {
            response.ConversationId = "guard";
            response.TurnId = turn.TurnId;
            return response;
        }

        private protected static List<TurnEvent> Drain(Turn turn)
        {
            var events = new List<TurnEvent>();
            while (turn.TryTake(out var one))
            {
                events.Add(one);
            }

            return events;
        }

        private protected async Task<ScriptedCall> Opened(ScriptedCall notThis = null)
        {
            var call = await Server.Call(BridgeStream.Dialogue, notThis);
            call.Say(new ConverseResponse { Opened = new ConverseOpened() });
            await Expect.Until(() => Client.Dialogue.IsOpen, "the stream is open");
            return call;
        }

        private protected static async Task<ConverseRequest[]> Heard(ScriptedCall call, int count)
        {
            await Expect.Until(() => call.Up.Count >= count, $"{count} messages went up");
            return call.Heard(ConverseRequest.Parser);
        }
    }
}
