using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;

namespace FrameBridge
{
    /// <summary>A conversation with one character. All members may be called on any thread; none blocks.</summary>
    public sealed partial class Conversation
    {
        private readonly DialogueStream _stream;
        private readonly Transcript _transcript = new Transcript();
        private readonly HistoryMirror _mirror = new HistoryMirror();
        private IReadOnlyList<string> _actions = Array.Empty<string>();
        private string _persona = string.Empty;
        private Exchange[] _carried = Array.Empty<Exchange>();
        private string _prompt;
        private bool _forgotten;
        private bool _known; // the server has accepted a turn
        private bool _memoryLost; // the server forgot it, and has accepted no turn since
        private Turn _turn;
        private Turn _waiting;
        private double _budgetSeconds;
        private double _paceSeconds;

        internal Conversation(DialogueStream stream, string name)
        {
            _stream = stream;
            Name = name;
        }

        /// <summary>The client's name for the conversation.</summary>
        public string Name { get; }

        /// <summary>Who the character is; null is the same as empty. A change takes effect with the next turn.</summary>
        public string Persona
        {
            get
            {
                lock (_stream.Gate)
                {
                    return _persona;
                }
            }

            set
            {
                lock (_stream.Gate)
                {
                    _persona = value ?? string.Empty;
                    _prompt = null;
                }
            }
        }

        /// <summary>How tokens are sampled; null for the server's defaults.</summary>
        public Sampling Sampling { get; set; }

        /// <summary>
        /// Whether a reply that reaches its length limit within a sentence ends with the sentence before. Its tokens have
        /// arrived by then: <see cref="TurnResult.CutText"/> is what to take back. Needs a server of minor version 5.
        /// </summary>
        public bool WholeSentences { get; set; }

        /// <summary>
        /// Names of actions that the character may take. One in brackets or asterisks in the reply, as "[wave]" or
        /// "*wave*", raises an Action event. Throws <see cref="ArgumentException"/> for more than 64.
        /// </summary>
        public IReadOnlyList<string> Actions
        {
            get
            {
                lock (_stream.Gate)
                {
                    return _actions;
                }
            }

            set
            {
                if (value != null && value.Count > ActionFinder.MaxActions)
                {
                    throw new ArgumentException($"{value.Count} actions; at most {ActionFinder.MaxActions} are allowed", nameof(value));
                }

                lock (_stream.Gate)
                {
                    _actions = value ?? Array.Empty<string>();
                }
            }
        }

        /// <summary>The latest turn, or null.</summary>
        public Turn CurrentTurn
        {
            get
            {
                lock (_stream.Gate)
                {
                    return _turn;
                }
            }
        }

        /// <summary>The exchanges so far, oldest first; the latest 64 are kept. A copy.</summary>
        public IReadOnlyList<Exchange> History
        {
            get
            {
                lock (_stream.Gate)
                {
                    return _transcript.ToArray();
                }
            }
        }

        /// <summary>
        /// The player speaks. Interrupts a turn that is still being answered; its late events are dropped. The first
        /// token is due within <paramref name="budgetSeconds"/>, each further one within
        /// <paramref name="paceSeconds"/>; 0 means the server's default (2 seconds and reading speed, unless configured
        /// otherwise). While the stream of a ready client opens, the text waits for it, up to the timeout of a single
        /// call. A turn that cannot be sent ends at once with a Done event that says why. Await
        /// <see cref="Turn.WaitAsync"/> for the complete reply. Cancelling <paramref name="cancellation"/>, on any
        /// thread, interrupts the turn, and its await throws an <see cref="OperationCanceledException"/>, unless the
        /// reply is complete by then. With a token that is already cancelled nothing is sent, and a turn that is still
        /// being answered continues. Throws <see cref="ArgumentException"/> for empty text.
        /// </summary>
        public Turn Say(string text, double budgetSeconds = 0, double paceSeconds = 0, CancellationToken cancellation = default)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                throw new ArgumentException("the text is empty; give what the player says", nameof(text));
            }

            if (cancellation.IsCancellationRequested)
            {
                var unsent = new Turn(_stream, this, text, _stream.NextIndex(), budgetSeconds, Actions);
                unsent.Cancel(cancellation, sent: false);
                return unsent;
            }

            var turn = Begin(text, budgetSeconds, paceSeconds);
            turn.InterruptBy(cancellation);
            return turn;
        }

        /// <summary>
        /// The persona and what has been said, as the server keeps it, for a saved game. A turn is part of it when the
        /// server has ended it; very old lines are dropped as the server drops them. A copy.
        /// </summary>
        public ConversationHistory Save()
        {
            lock (_stream.Gate)
            {
                return new ConversationHistory { Persona = _persona, Lines = _mirror.ToArray() };
            }
        }

        /// <summary>
        /// Continues from a history, for example a saved one: the next turn takes it to the server, on which the
        /// conversation may be new. To a server before minor version 5 the newest exchanges go as text with the persona.
        /// Throws <see cref="ArgumentNullException"/> for null.
        /// </summary>
        public void Restore(ConversationHistory history)
        {
            if (history == null)
            {
                throw new ArgumentNullException(nameof(history));
            }

            var lines = history.Lines ?? Array.Empty<ConversationLine>();
            lock (_stream.Gate)
            {
                _persona = history.Persona ?? string.Empty;
                _mirror.Restore(lines);
                _transcript.Restore(_mirror.ToArray());
                _carried = _transcript.ToArray();
                _prompt = null;
            }
        }

        /// <summary>The player cuts in: the current turn ends, and what has been said stays in the conversation.</summary>
        public void Interrupt() => CurrentTurn?.Interrupt();

        /// <summary>Deletes the conversation and frees its memory on the server. It cannot be used afterwards.</summary>
        public void Forget()
        {
            lock (_stream.Gate)
            {
                if (!_forgotten)
                {
                    _forgotten = true;
                    _turn?.End(TurnFinish.Interrupted);
                    _stream.Release(this);
                }
            }
        }

        /// <summary>The stream is open again. Under the gate.</summary>
        internal void Opened(bool kept)
        {
            if (!kept)
            {
                _carried = _transcript.ToArray(); // the server has lost these
                _mirror.Lost();
                _prompt = null;
                _npcKnown = null;
                _memoryLost |= _known;
            }

            _known = kept;

            var turn = _waiting;
            _waiting = null;
            if (turn != null && !turn.IsOver)
            {
                Send(turn);
            }
        }

        /// <summary>The stream did not open in time for the waiting turn. Under the gate.</summary>
        internal void GiveUp(Turn turn, string message)
        {
            if (ReferenceEquals(turn, _waiting))
            {
                _waiting = null;
                turn.Fail(ErrorReason.ConnectionLost, message);
            }
        }

        /// <summary>The stream broke: the current turn will not be answered. Under the gate.</summary>
        internal void Lost(BridgeException error)
        {
            _waiting = null;
            _turn?.Fail(ErrorReason.ConnectionLost, $"the connection broke before the reply was complete ({error.Message}); say it again in a moment");
            _mirror.Broke();
        }

        /// <summary>A message of this conversation; those of ended turns are dropped. Under the gate.</summary>
        internal void Receive(DialogueMessage message, double now)
        {
            _mirror.Receive(message);
            if (message.Kind == DialogueMessageKind.Started)
            {
                _known = true;
                _memoryLost = false;
                NoteNpc(message.TurnId);
            }

            if (_turn != null && _turn.TurnId == message.TurnId)
            {
                _turn.Receive(message, now);
            }
        }

        /// <summary>A turn has ended: keeps the exchange. Under the gate.</summary>
        internal void Ended(Turn turn, string reply)
        {
            _mirror.NoteReply(turn.TurnId, reply);
            reply = turn.HeardText ?? reply;
            if (reply.Length > 0)
            {
                _transcript.Add(turn.Said, reply);
            }
        }

        private Turn Begin(string text, double budgetSeconds, double paceSeconds)
        {
            lock (_stream.Gate)
            {
                _turn?.End(TurnFinish.Interrupted);
                _turn = new Turn(_stream, this, text, _stream.NextIndex(), budgetSeconds, _actions);
                _waiting = null;
                _budgetSeconds = budgetSeconds;
                _paceSeconds = paceSeconds;
                if (_forgotten)
                {
                    _turn.Fail(ErrorReason.Closed, "the conversation was forgotten; open another one");
                }
                else if (_stream.IsOpening)
                {
                    _waiting = _turn;
                    _stream.GiveUpLater(this, _turn);
                }
                else
                {
                    Send(_turn);
                }

                return _turn;
            }
        }

        private void Send(Turn turn)
        {
            var writer = _stream.Outbox.Take();
            if (writer == null)
            {
                turn.Fail(ErrorReason.ConnectionLost, "the connection to the server is not open; say it again in a moment");
                return;
            }

            turn.MemoryLost = _memoryLost;
            var limits = _stream.Limits;
            var takesLines = limits != null && limits.MaxHistoryLines > 0;
            var persona = takesLines ? _persona : _prompt = _prompt ?? Transcript.Carry(_persona, _carried, limits);
            persona = IsNpc ? string.Empty : persona; // an NPC has its own
            if (!Fits(turn, persona) || !Takes(turn, limits))
            {
                writer.Pool.Return(writer);
                return;
            }

            var lines = takesLines ? _mirror.LinesToSend(limits) : null;
            var budget = _stream.BudgetOf(_budgetSeconds);
            if (takesLines)
            {
                DialogueRequests.Say(writer, Name, turn.TurnId, turn.Said, persona, Sampling, budget, Clock.Micros(_paceSeconds), lines, WholeSentences, Form, SaidToNpc(turn));
            }
            else
            {
                DialogueRequests.Say(writer, Name, turn.TurnId, turn.Said, persona, Sampling, budget, Clock.Micros(_paceSeconds));
            }

            _mirror.Say(turn.TurnId, turn.Said, lines);
            _stream.Outbox.Post(writer);
        }

        private bool Fits(Turn turn, string persona)
        {
            var most = _stream.Limits?.MaxTextBytes ?? 0;
            var size = Encoding.UTF8.GetByteCount(turn.Said) + Encoding.UTF8.GetByteCount(persona);
            if (most > 0 && size > most)
            {
                turn.Fail(ErrorReason.TooLarge, $"text and persona have {size} bytes and the server takes {most}; shorten them");
                return false;
            }

            return true;
        }
    }
}
