using System;

namespace FrameBridge
{
    /// <summary>
    /// A turn's queued events. Grows up to a limit; beyond it the oldest are dropped (the result still has the whole
    /// text) and the end is kept. Under its turn's gate.
    /// </summary>
    internal sealed class EventRing
    {
        private readonly int _most;
        private TurnEvent[] _all = new TurnEvent[64];
        private int _first;
        private int _count;

        public EventRing(int most)
        {
            _most = Math.Max(_all.Length, most);
        }

        /// <summary>The number of queued events.</summary>
        public int Count => _count;

        public void Add(in TurnEvent turnEvent)
        {
            if (_count == _all.Length && _count < _most)
            {
                Grow();
            }

            if (_count == _all.Length)
            {
                _first = (_first + 1) % _all.Length;
                _count--;
            }

            _all[(_first + _count) % _all.Length] = turnEvent;
            _count++;
        }

        public bool TryTake(out TurnEvent turnEvent)
        {
            if (_count == 0)
            {
                turnEvent = default;
                return false;
            }

            turnEvent = _all[_first];
            _all[_first] = default;
            _first = (_first + 1) % _all.Length;
            _count--;
            return true;
        }

        private void Grow()
        {
            var larger = new TurnEvent[Math.Min(_most, 2 * _all.Length)];
            for (var i = 0; i < _count; i++)
            {
                larger[i] = _all[(_first + i) % _all.Length];
            }

            _all = larger;
            _first = 0;
        }
    }
}
