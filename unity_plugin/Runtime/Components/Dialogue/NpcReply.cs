using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// The reply to one <see cref="NpcDialogue.Say(string)"/>. Await it for the whole reply, or iterate it with
    /// `await foreach` for the events that the component raises, to the last one, Done; or both. It may be awaited as often
    /// as you like, also when it is over. Iterate it once, and begin in the frame of the Say: of what came before only Done
    /// is kept. What was awaited on the main thread goes on there.
    /// </summary>
    public sealed class NpcReply : IAsyncEnumerable<TurnEvent>
    {
        private readonly Queue<TurnEvent> _events = new Queue<TurnEvent>();
        private readonly CancellationToken _cancellation;
        private TaskCompletionSource<bool> _arrived;
        private TaskCompletionSource<TurnResult> _end;
        private TurnEvent _done;
        private bool _wanted;
        private bool _over;
        private volatile bool _left;

        internal NpcReply(CancellationToken cancellation)
        {
            _cancellation = cancellation;
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

        /// <summary>Whether nobody wants any more of it; the component ends the turn in its next step. Any thread.</summary>
        internal bool IsGivenUp => _left || IsCancelled;

        private bool IsCancelled => _cancellation.IsCancellationRequested;

        /// <summary>What `await npc.Say(...)` uses.</summary>
        public NpcReplyAwaiter GetAwaiter() => new NpcReplyAwaiter(AsTask(), _cancellation);

        /// <summary>
        /// The whole reply as a task, for Task.WhenAny and the like; with UniTask, `reply.AsTask().AsUniTask()`. It ends with
        /// the turn: cut off by other words, by <see cref="NpcDialogue.Interrupt"/> or with the component it gives what had
        /// been said, as Interrupted; cut off by the token given to Say it is cancelled. Any thread.
        /// </summary>
        public Task<TurnResult> AsTask()
        {
            lock (_events)
            {
                if (_end == null)
                {
                    _end = new TaskCompletionSource<TurnResult>(TaskCreationOptions.RunContinuationsAsynchronously);
                    TryEnd();
                }

                return _end.Task;
            }
        }

        /// <summary>
        /// The events as they come, to the last one. Leaving the loop early, by whatever way, cuts the reply off in the next
        /// frame as <see cref="NpcDialogue.Interrupt"/> does; cancelling <paramref name="cancellationToken"/> leaves it.
        /// </summary>
        public IAsyncEnumerator<TurnEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            lock (_events)
            {
                if (_over && !_wanted)
                {
                    _events.Enqueue(_done);
                }

                _wanted = true;
            }

            return TurnEvents.Over(Events(cancellationToken), Leave);
        }

        // Bounded by the longest reply of a turn, which the stream keeps to.
        internal void Put(in TurnEvent item)
        {
            lock (_events)
            {
                if (_wanted)
                {
                    _events.Enqueue(item);
                    Wake();
                }

                if (item.Kind == TurnEventKind.Done)
                {
                    _over = true;
                    _done = item;
                    TryEnd();
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

        /// <summary>Ends what awaits this, if the turn is over. Under the lock.</summary>
        private void TryEnd()
        {
            if (!_over || _end == null)
            {
                return;
            }

            if (IsCancelled && _done.Result.Finish == TurnFinish.Interrupted)
            {
                _end.TrySetCanceled(_cancellation);
            }
            else
            {
                _end.TrySetResult(_done.Result);
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

        private void Leave() => _left = true;

        private void Wake()
        {
            _arrived?.TrySetResult(true);
            _arrived = null;
        }
    }
}
