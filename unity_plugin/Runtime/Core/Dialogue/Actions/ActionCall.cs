using System;
using System.Text;
using System.Threading;

namespace FrameBridge
{
    /// <summary>
    /// An NPC does something in the game. Answer it once, at any time before its time is over; until then its turn waits.
    /// What is answered first counts, and nothing after its end does. All members may be called on any thread.
    /// </summary>
    public sealed class ActionCall
    {
        private readonly DialogueStream _stream;
        private readonly Conversation _conversation;
        private CancellationTokenSource _cancellation;
        private bool _isAnswered;
        private ActionEnding _ending;

        internal ActionCall(DialogueStream stream, Conversation conversation, Turn turn, DialogueMessage message)
        {
            _stream = stream;
            _conversation = conversation;
            Turn = turn;
            Id = message.CallId;
            Name = message.Text;
            Arguments = new ActionArguments(message.Arguments);
            TimeoutSeconds = message.TimeoutMicros / 1e6;
        }

        /// <summary>The call's name, unique within the session.</summary>
        public string Id { get; }

        /// <summary>The action's name.</summary>
        public string Name { get; }

        /// <summary>Its arguments. The server has checked them against the action's schema.</summary>
        public ActionArguments Arguments { get; }

        /// <summary>How long the game may take, in seconds.</summary>
        public double TimeoutSeconds { get; }

        /// <summary>The turn in which the character acts.</summary>
        public Turn Turn { get; }

        /// <summary>Whether it still needs an answer.</summary>
        public bool IsOpen
        {
            get
            {
                lock (_stream.Gate)
                {
                    return !_isAnswered && _ending == ActionEnding.None;
                }
            }
        }

        /// <summary>Why it needs no answer any more; None while it does, and once it has one.</summary>
        public ActionEnding Ending
        {
            get
            {
                lock (_stream.Gate)
                {
                    return _ending;
                }
            }
        }

        /// <summary>Cancelled when the call ends without an answer, on a thread of the pool: for what the game does for it.</summary>
        public CancellationToken Cancellation
        {
            get
            {
                lock (_stream.Gate)
                {
                    if (_cancellation == null)
                    {
                        _cancellation = new CancellationTokenSource();
                        if (_ending != ActionEnding.None)
                        {
                            _cancellation.Cancel();
                        }
                    }

                    return _cancellation.Token;
                }
            }
        }

        /// <summary>It is done. False if the call is not open any more.</summary>
        public bool Done() => Send(isDone: true, "{}");

        /// <summary>
        /// It is done, and this is what came of it, in a sentence that the character may use: "One room is left." False if the
        /// call is not open any more. Throws <see cref="ArgumentException"/> for more than the server takes.
        /// </summary>
        public bool Done(string sentence) => Send(isDone: true, JsonTree.Write(sentence ?? string.Empty));

        /// <summary>
        /// It is done, with a result as JSON; an object of texts and numbers is read best: {"sold": "room", "left": 2}. False
        /// if the call is not open any more. Throws <see cref="ArgumentException"/> for empty text, and for more than the
        /// server takes.
        /// </summary>
        public bool DoneWithJson(string json)
        {
            if (string.IsNullOrWhiteSpace(json))
            {
                throw new ArgumentException("the result is empty; give JSON, or call Done()", nameof(json));
            }

            return Send(isDone: true, json);
        }

        /// <summary>
        /// It cannot be done: why, in a sentence that the character may use: "The gate is stuck." False if the call is not
        /// open any more. Throws <see cref="ArgumentException"/> for more than the server takes.
        /// </summary>
        public bool Fail(string sentence = "") => Send(isDone: false, sentence ?? string.Empty);

        /// <summary>It needs no answer any more; false if it has one, or has ended before. Under the gate.</summary>
        internal bool End(ActionEnding ending)
        {
            if (_isAnswered || _ending != ActionEnding.None)
            {
                return false;
            }

            _ending = ending;
            if (_cancellation != null)
            {
                ThreadPool.UnsafeQueueUserWorkItem(waiting => ((CancellationTokenSource)waiting).Cancel(), _cancellation); // runs the game's code
            }

            return true;
        }

        private bool Send(bool isDone, string text)
        {
            var most = _stream.Limits?.MaxActionResultBytes ?? 0;
            if (most > 0 && Encoding.UTF8.GetByteCount(text) > most)
            {
                throw new ArgumentException($"the result has {Encoding.UTF8.GetByteCount(text)} bytes and the server takes {most}; shorten it", nameof(text));
            }

            lock (_stream.Gate)
            {
                if (_isAnswered || _ending != ActionEnding.None)
                {
                    return false;
                }

                _isAnswered = true;
                _stream.SendActionResult(_conversation.Name, Id, isDone, text);
                return true;
            }
        }
    }
}
