using System;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>The awaiter of `await npc.Say(...)`. Made by <see cref="NpcReply.GetAwaiter"/>.</summary>
    public readonly struct NpcReplyAwaiter : ICriticalNotifyCompletion
    {
        private readonly TaskAwaiter<TurnResult> _end;
        private readonly CancellationToken _cancellation;

        internal NpcReplyAwaiter(Task<TurnResult> end, CancellationToken cancellation)
        {
            _end = end.GetAwaiter();
            _cancellation = cancellation;
        }

        /// <summary>Whether the reply is over.</summary>
        public bool IsCompleted => _end.IsCompleted;

        /// <summary>
        /// The whole reply. Throws <see cref="OperationCanceledException"/> if it was cut short and the token given to
        /// Say is cancelled: also if the component was disabled first, as when both are destroyed together.
        /// </summary>
        public TurnResult GetResult()
        {
            TurnResult result = _end.GetResult();
            if (result.Finish == TurnFinish.Interrupted)
            {
                _cancellation.ThrowIfCancellationRequested();
            }

            return result;
        }

        /// <summary>Schedules the continuation for when the reply is over, in the awaiting context.</summary>
        public void OnCompleted(Action continuation) => _end.OnCompleted(continuation);

        /// <summary>The same, without the execution context.</summary>
        public void UnsafeOnCompleted(Action continuation) => _end.UnsafeOnCompleted(continuation);
    }
}
