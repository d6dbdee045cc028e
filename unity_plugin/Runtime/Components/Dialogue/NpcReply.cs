using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// The reply to one <see cref="NpcDialogue.Say"/>, to be iterated once with `await foreach`: the same events that the
    /// component raises, to the last one, Done. Begin the loop in the frame of the Say: what nobody waits for is not kept.
    /// The events come on the main thread when the loop was begun there.
    /// </summary>
    public sealed class NpcReply : IAsyncEnumerable<TurnEvent>
    {
        private readonly Queue<TurnEvent> _events = new Queue<TurnEvent>();
        private TaskCompletionSource<bool> _arrived;
        private bool _wanted;
        private bool _over;

        internal NpcReply()
        {
        }

        /// <summary>Whether the last event has come. Any thread.</summary>
        public bool IsOver
        {
            get
            {
                lock (_events)
                {
                    return _over;
                }
            }
        }

        /// <summary>The events as they come, to the last one. Leaving the loop early does not end the turn.</summary>
        public IAsyncEnumerator<TurnEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            lock (_events)
            {
                _wanted = true;
            }

            return Events(cancellationToken);
        }

        // Bounded by the longest reply of a turn, which the stream keeps to.
        internal void Put(in TurnEvent item)
        {
            lock (_events)
            {
                _over = item.Kind == TurnEventKind.Done;
                if (_wanted)
                {
                    _events.Enqueue(item);
                    Wake();
                }
            }
        }

        private static void Cancel(object reply)
        {
            var self = (NpcReply)reply;
            lock (self._events)
            {
                self.Wake();
            }
        }

        private async IAsyncEnumerator<TurnEvent> Events(CancellationToken cancellationToken)
        {
            while (true)
            {
                Task arrived = null;
                TurnEvent next = default;
                lock (_events)
                {
                    if (_events.Count > 0)
                    {
                        next = _events.Dequeue();
                    }
                    else if (_over)
                    {
                        yield break;
                    }
                    else
                    {
                        _arrived = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                        arrived = _arrived.Task;
                    }
                }

                if (arrived == null)
                {
                    yield return next;
                }
                else
                {
                    using (cancellationToken.Register(Cancel, this))
                    {
                        await arrived;
                    }

                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }

        private void Wake()
        {
            _arrived?.TrySetResult(true);
            _arrived = null;
        }
    }
}
