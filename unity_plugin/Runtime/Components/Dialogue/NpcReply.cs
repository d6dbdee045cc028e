using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// The reply to one <see cref="NpcDialogue.Say(string)"/>. Await it for the whole reply, or iterate it with `await
    /// foreach` for the events that the component raises, up to Done; or both. It may be awaited any number of times,
    /// also when it is over. Iterate it once, starting in the frame of the Say: of earlier events only Done is kept. An
    /// await on the main thread continues there.
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

        /// <summary>Whether the last event has been raised. Any thread.</summary>
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

        /// <summary>Whether it was abandoned; the component then ends the turn in its next step. Any thread.</summary>
        internal bool IsGivenUp => _left || IsCancelled;

        private bool IsCancelled => _cancellation.IsCancellationRequested;

        /// <summary>What `await npc.Say(...)` uses.</summary>
        public NpcReplyAwaiter GetAwaiter() => new NpcReplyAwaiter(AsTask(), _cancellation);

        /// <summary>
        /// The whole reply as a task, for Task.WhenAny and similar; with UniTask, `reply.AsTask().AsUniTask()`. It ends
        /// with the turn: interrupted by another turn, by <see cref="NpcDialogue.Interrupt"/> or by disabling the
        /// component it returns the partial reply, as Interrupted; interrupted by the token given to Say it is
        /// cancelled. Any thread.
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
        /// The events as they arrive, up to the last one. Leaving the loop early in any way interrupts the reply in the
        /// next frame as <see cref="NpcDialogue.Interrupt"/> does; so does cancelling
        /// <paramref name="cancellationToken"/>.
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

        // Bounded by the stream's limit for a turn.
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

        /// <summary>Completes the waiters, if the turn is over. Under the lock.</summary>
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
