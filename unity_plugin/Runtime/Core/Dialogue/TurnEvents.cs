using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>Events of a turn that ends when the loop over them is left, even before it has begun.</summary>
    internal sealed class TurnEvents : IAsyncEnumerable<TurnEvent>
    {
        private readonly IAsyncEnumerable<TurnEvent> _events;
        private readonly Action _giveUp;

        public TurnEvents(IAsyncEnumerable<TurnEvent> events, Action giveUp)
        {
            _events = events;
            _giveUp = giveUp;
        }

        public IAsyncEnumerator<TurnEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
            Over(_events.GetAsyncEnumerator(cancellationToken), _giveUp);

        /// <summary>An enumerator that calls <paramref name="giveUp"/> when disposed; without effect at the end.</summary>
        public static IAsyncEnumerator<TurnEvent> Over(IAsyncEnumerator<TurnEvent> events, Action giveUp) => new Loop(events, giveUp);

        private sealed class Loop : IAsyncEnumerator<TurnEvent>
        {
            private readonly IAsyncEnumerator<TurnEvent> _events;
            private readonly Action _giveUp;

            public Loop(IAsyncEnumerator<TurnEvent> events, Action giveUp)
            {
                _events = events;
                _giveUp = giveUp;
            }

            public TurnEvent Current => _events.Current;

            public ValueTask<bool> MoveNextAsync() => _events.MoveNextAsync();

            public ValueTask DisposeAsync()
            {
                _giveUp();
                return _events.DisposeAsync();
            }
        }
    }
}
