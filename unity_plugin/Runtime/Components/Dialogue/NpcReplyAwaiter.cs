using System;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>What `await npc.Say(...)` waits with. Made by <see cref="NpcReply.GetAwaiter"/>.</summary>
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
        /// The whole reply. Throws <see cref="OperationCanceledException"/> when it was cut short and the token given to Say is
        /// cancelled: also when the component was disabled first, as when both are destroyed together.
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

        /// <summary>Goes on with this once the reply is over, where it was awaited.</summary>
        public void OnCompleted(Action continuation) => _end.OnCompleted(continuation);

        /// <summary>The same, without the execution context.</summary>
        public void UnsafeOnCompleted(Action continuation) => _end.UnsafeOnCompleted(continuation);
    }
}
