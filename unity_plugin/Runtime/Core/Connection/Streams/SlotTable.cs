using System;

namespace FrameBridge
{
    /// <summary>
    /// Avatars or cameras by number. Numbers are handed out in rotation, so that a late answer to a closed slot does
    /// not reach a new one of the same number. Under its owner's gate.
    /// </summary>
    internal sealed class SlotTable<T>
        where T : class
    {
        private const int MostWithoutLimits = 64;
        private T[] _all = new T[8];
        private int _next;

        /// <summary>Slots in use.</summary>
        public int Count { get; private set; }

        /// <summary>Above every number in use.</summary>
        public int Size => _all.Length;

        /// <summary>The slot of this number, or null.</summary>
        public T this[int number] => number >= 0 && number < _all.Length ? _all[number] : null;

        /// <summary>A free number. Throws <see cref="BridgeException"/> when all are in use or the client is closed.</summary>
        public int FreeNumber(Connection connection, string what)
        {
            if (connection.State == BridgeState.Closed)
            {
                throw new BridgeException(ErrorReason.Closed, "the client was closed; make another one");
            }

            var most = connection.Limits?.MaxSlotsPerStream ?? 0;
            most = most > 0 ? most : MostWithoutLimits;
            for (var i = 0; i < most; i++)
            {
                var number = (_next + i) % most;
                if (this[number] == null)
                {
                    return number;
                }
            }

            throw new BridgeException(ErrorReason.Overloaded, $"all {most} {what} slots of the server are in use; close one first");
        }

        public void Add(int number, T slot)
        {
            if (number >= _all.Length)
            {
                Array.Resize(ref _all, Math.Max(number + 1, 2 * _all.Length));
            }

            _all[number] = slot;
            _next = number + 1;
            Count++;
        }

        public bool Remove(int number, T slot)
        {
            if (!ReferenceEquals(this[number], slot))
            {
                return false;
            }

            _all[number] = null;
            Count--;
            return true;
        }
    }
}
