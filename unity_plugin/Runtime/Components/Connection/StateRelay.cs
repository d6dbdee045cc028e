using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>Passes a client's changes of state to the main thread. Keeps the newest 32 that were not taken.</summary>
    internal sealed class StateRelay
    {
        private const int Capacity = 32;

        private readonly Queue<BridgeStateChange> _waiting = new Queue<BridgeStateChange>(Capacity);
        private readonly BridgeClient _client;

        internal StateRelay(BridgeClient client)
        {
            _client = client;
            client.StateChanged += Put;
        }

        internal bool TryTake(out BridgeStateChange change)
        {
            lock (_waiting)
            {
                bool any = _waiting.Count > 0;
                change = any ? _waiting.Dequeue() : default;
                return any;
            }
        }

        internal void Stop() => _client.StateChanged -= Put;

        private void Put(BridgeStateChange change)
        {
            lock (_waiting)
            {
                if (_waiting.Count == Capacity)
                {
                    _waiting.Dequeue();
                }

                _waiting.Enqueue(change);
            }
        }
    }
}
