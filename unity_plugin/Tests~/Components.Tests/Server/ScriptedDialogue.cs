using System;
using System.Collections.Generic;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>The server's side of the dialogue stream.</summary>
    internal sealed class ScriptedDialogue
    {
        private readonly ScriptedServer _server;
        private readonly List<V1.ConverseRequest> _heard = new List<V1.ConverseRequest>();
        private ScriptedCall _call;

        internal ScriptedDialogue(ScriptedServer server) => _server = server;

        internal void Hear(ScriptedCall call, ReadOnlySpan<byte> bytes)
        {
            V1.ConverseRequest message = V1.ConverseRequest.Parser.ParseFrom(bytes);
            lock (_heard)
            {
                _heard.Add(message);
            }

            if (message.MessageCase == V1.ConverseRequest.MessageOneofCase.Open)
            {
                _call = call;
                call.Send(new V1.ConverseResponse { Opened = new V1.ConverseOpened() });
            }
        }

        internal List<V1.ConverseSay> Said()
        {
            lock (_heard)
            {
                return _heard.FindAll(message => message.MessageCase == V1.ConverseRequest.MessageOneofCase.Say)
                    .ConvertAll(message => message.Say);
            }
        }

        internal int Count(V1.ConverseRequest.MessageOneofCase kind)
        {
            lock (_heard)
            {
                return _heard.FindAll(message => message.MessageCase == kind).Count;
            }
        }

        internal void Start(V1.ConverseSay say) => Send(say, answer => answer.Started = new V1.TurnStarted { PromptTokens = 8 });

        internal void Token(V1.ConverseSay say, string text) => Send(say, answer => answer.Token = new V1.TurnToken { Text = text });

        internal void Sentence(V1.ConverseSay say, string text, int index) =>
            Send(say, answer => answer.Sentence = new V1.TurnSentence { Text = text, Index = index });

        /// <summary>A sentence of an NPC, after its text.</summary>
        internal void Sentence(V1.ConverseSay say, string text, V1.Emotion emotion, float intensity = 1f)
        {
            Token(say, text);
            Send(say, answer => answer.Sentence = new V1.TurnSentence { Text = text, Emotion = emotion, Intensity = intensity });
        }

        internal void Traced(V1.ConverseSay say, string text, string source)
        {
            Token(say, text);
            Send(say, answer => answer.Sentence = new V1.TurnSentence
            {
                Text = text, Trace = new V1.SentenceTrace { Stage = V1.SentenceStage.Free, Sources = { source } },
            });
        }

        internal void Call(V1.ConverseSay say, string id, string name, string arguments = "{}") => Send(say, answer => answer.Action = new V1.TurnAction
        {
            CallId = id, Name = name, ArgumentsJson = arguments, TimeoutMicros = 5_000_000,
        });

        internal void EndCall(V1.ConverseSay say, string id, V1.ActionEnding ending) =>
            Send(say, answer => answer.ActionEnded = new V1.TurnActionEnded { CallId = id, Ending = ending });

        /// <summary>What the game has answered to calls.</summary>
        internal List<V1.ActionResult> Results()
        {
            lock (_heard)
            {
                return _heard.FindAll(message => message.MessageCase == V1.ConverseRequest.MessageOneofCase.ActionResult)
                    .ConvertAll(message => message.ActionResult);
            }
        }

        /// <summary>The interrupts that the game has sent.</summary>
        internal List<V1.ConverseInterrupt> Interrupts()
        {
            lock (_heard)
            {
                return _heard.FindAll(message => message.MessageCase == V1.ConverseRequest.MessageOneofCase.Interrupt)
                    .ConvertAll(message => message.Interrupt);
            }
        }

        internal void Done(V1.ConverseSay say, string text, V1.TurnFinish finish = V1.TurnFinish.End)
        {
            var done = new V1.TurnDone { Text = text, Finish = finish, ReplyTokens = 3 };
            if (finish == V1.TurnFinish.Failed)
            {
                done.Outcome = new V1.Outcome
                {
                    Disposition = V1.Disposition.Failed,
                    Error = new V1.ErrorDetail { Reason = V1.ErrorReason.ModelFault, Message = "the model fell over" },
                };
            }

            Send(say, answer => answer.Done = done);
        }

        /// <summary>Ends a turn that was not accepted.</summary>
        internal void Fail(V1.ConverseSay say, V1.Outcome outcome) => Send(
            say, answer => answer.Done = new V1.TurnDone { Finish = V1.TurnFinish.Failed, Outcome = outcome });

        private void Send(V1.ConverseSay say, Action<V1.ConverseResponse> fill)
        {
            var answer = new V1.ConverseResponse { ConversationId = say.ConversationId, TurnId = say.TurnId };
            fill(answer);
            _call.Send(answer);
        }
    }
}
