using System;
using System.Collections.Generic;
using System.Text;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>The conversations of one client, on one stream. All members may be called on any thread; none blocks.</summary>
    public sealed class DialogueStream : IStreamOwner
    {
        private const int LongestName = 64;
        private const int MostWithoutLimits = 64;
        private readonly Connection _connection;
        private readonly double _timeoutSeconds;
        private readonly StreamLoop _loop;
        private readonly DialogueMessage _message = new DialogueMessage();
        private readonly Dictionary<string, Conversation> _conversations = new Dictionary<string, Conversation>();
        private int _named;

        internal DialogueStream(Connection connection, BridgeOptions options, CapabilityStatistics statistics)
        {
            _connection = connection;
            _timeoutSeconds = options.TimeoutSeconds;
            Statistics = statistics;
            _loop = new StreamLoop(connection, BridgeStream.Dialogue, this, statistics, options);
        }

        /// <summary>Whether text is sent at once. False while the stream opens or reconnects.</summary>
        public bool IsOpen => _loop.Outbox.IsOpen;

        /// <summary>Whether text should wait a moment: the client is connected and the stream is opening.</summary>
        internal bool IsOpening => !IsOpen && _connection.State == BridgeState.Ready;

        internal object Gate { get; } = new object();

        internal Outbox Outbox => _loop.Outbox;

        internal LinkMeter Link { get; } = new LinkMeter();

        internal CapabilityStatistics Statistics { get; }

        internal BridgeLimits Limits => _connection.Limits;

        /// <summary>More events than any reply can have.</summary>
        internal int LongestReply => 2 * Math.Max(2048, Math.Min(65536, Limits?.MaxContextTokens ?? 0)) + 16;

        /// <summary>
        /// Starts a conversation, or resumes the one of this name (at most 64 bytes in UTF-8; null for a new name).
        /// Throws <see cref="BridgeException"/> when the server's conversations are used up or the client is closed,
        /// and <see cref="ArgumentException"/> for a name that is too long.
        /// </summary>
        public Conversation Open(string name = null)
        {
            Conversation conversation;
            lock (Gate)
            {
                name = string.IsNullOrEmpty(name) ? $"npc-{++_named}" : name;
                if (!_conversations.TryGetValue(name, out conversation))
                {
                    Check(name);
                    conversation = new Conversation(this, name);
                    _conversations.Add(name, conversation);
                }
            }

            _loop.Start();
            return conversation;
        }

        internal long NextIndex() => _connection.NextIndex(0);

        internal Budget BudgetOf(double seconds) => new Budget
        {
            BudgetMicros = Clock.Micros(seconds),
            LinkMicros = Clock.Micros(Link.Seconds),
        };

        /// <summary><paramref name="heard"/> in code points; negative if all was heard.</summary>
        internal void SendInterrupt(string conversation, long turnId, int heard = -1)
        {
            var writer = Outbox.Take();
            if (writer != null)
            {
                DialogueRequests.Interrupt(writer, conversation, turnId, heard);
                Outbox.Post(writer);
            }
        }

        internal void SendActionResult(string conversation, string callId, bool isDone, string text)
        {
            var writer = Outbox.Take();
            if (writer != null)
            {
                DialogueRequests.ActionResult(writer, conversation, callId, isDone, text);
                Outbox.Post(writer);
            }
        }

        /// <summary>A turn waits for the stream no longer than the timeout of a single call.</summary>
        internal void GiveUpLater(Conversation conversation, Turn turn) => _connection.Watch(GiveUpLaterAsync(conversation, turn));

        internal void Release(Conversation conversation)
        {
            _conversations.Remove(conversation.Name);
            var writer = Outbox.Take();
            if (writer != null)
            {
                DialogueRequests.Forget(writer, conversation.Name);
                Outbox.Post(writer);
            }
        }

        void IStreamOwner.WriteOpening(WireWriter writer, string sessionId)
        {
            Link.Measure(_connection.LinkSeconds, 0);
            DialogueRequests.Open(writer, sessionId);
        }

        void IStreamOwner.Opened()
        {
            lock (Gate)
            {
                Outbox.Open();
                foreach (var conversation in _conversations.Values)
                {
                    conversation.Opened(_message.Conversations.Contains(conversation.Name));
                }
            }
        }

        void IStreamOwner.Lost(BridgeException error)
        {
            lock (Gate)
            {
                foreach (var conversation in _conversations.Values)
                {
                    conversation.Lost(error);
                }
            }
        }

        bool IStreamOwner.Receive(ReadOnlySpan<byte> message)
        {
            if (!_message.Read(message))
            {
                return false;
            }

            lock (Gate)
            {
                if (_conversations.TryGetValue(_message.Conversation, out var conversation))
                {
                    conversation.Receive(_message, Clock.Now);
                }
            }

            return true;
        }

        private async Task GiveUpLaterAsync(Conversation conversation, Turn turn)
        {
            var message = $"the dialogue stream did not open within {_timeoutSeconds} s; say it again in a moment";
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(_timeoutSeconds), _connection.Closing).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                message = "the client was closed before the text was sent";
            }

            lock (Gate)
            {
                conversation.GiveUp(turn, message);
            }
        }

        private void Check(string name)
        {
            if (_connection.State == BridgeState.Closed)
            {
                throw new BridgeException(ErrorReason.Closed, "the client was closed; make another one");
            }

            if (Encoding.UTF8.GetByteCount(name) > LongestName)
            {
                throw new ArgumentException($"the name has more than {LongestName} bytes; give a shorter one", nameof(name));
            }

            var most = Limits != null && Limits.MaxConversations > 0 ? Limits.MaxConversations : MostWithoutLimits;
            if (_conversations.Count >= most)
            {
                throw new BridgeException(ErrorReason.Overloaded, $"all {most} conversations of the server are in use; forget one first");
            }
        }
    }
}
