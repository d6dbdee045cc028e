using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// One thing that a player said and the reply to it. Take its events with <see cref="TryTake"/> on the main thread,
    /// or iterate over <see cref="EventsAsync"/>: one of the two, since each event is given once. The last event is Done.
    /// </summary>
    public sealed class Turn
    {
        internal Turn()
        {
        }

        /// <summary>The turn's number; it only rises.</summary>
        public long TurnId => throw new NotImplementedException();

        /// <summary>What the player said.</summary>
        public string Said => throw new NotImplementedException();

        /// <summary>The reply so far. A new string when it has grown: not for every frame.</summary>
        public string Text => throw new NotImplementedException();

        /// <summary>Whether the turn is over; events may still wait to be taken.</summary>
        public bool IsOver => throw new NotImplementedException();

        /// <summary>How the turn ended; null until it is over.</summary>
        public TurnResult Result => throw new NotImplementedException();

        /// <summary>Takes the oldest event that waits. Any thread, makes no garbage.</summary>
        public bool TryTake(out TurnEvent turnEvent)
        {
            throw new NotImplementedException();
        }

        /// <summary>The events as they come, to the last one. Leaving the loop early does not end the turn.</summary>
        public IAsyncEnumerable<TurnEvent> EventsAsync(CancellationToken cancellation = default)
        {
            throw new NotImplementedException();
        }

        /// <summary>Waits for the end of the turn. Never throws for a turn that failed: see <see cref="TurnResult.Finish"/>.</summary>
        public Task<TurnResult> WaitAsync(CancellationToken cancellation = default)
        {
            throw new NotImplementedException();
        }

        /// <summary>
        /// Cuts in: a Done event with Interrupted follows at once, later tokens are dropped, and what has been said stays in
        /// the conversation.
        /// </summary>
        public void Interrupt()
        {
            throw new NotImplementedException();
        }
    }
}
