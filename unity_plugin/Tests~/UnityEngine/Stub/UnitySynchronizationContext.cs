using System;
using System.Collections.Generic;
using System.Threading;

namespace UnityEngine.Stub
{
    /// <summary>The context in which main-thread awaits resume: posted work runs once a frame, in Update.</summary>
    internal sealed class UnitySynchronizationContext : SynchronizationContext
    {
        private readonly object _lock = new object();
        private List<(SendOrPostCallback Call, object State)> _waiting = new List<(SendOrPostCallback, object)>();
        private List<(SendOrPostCallback Call, object State)> _running = new List<(SendOrPostCallback, object)>();

        public override void Post(SendOrPostCallback d, object state)
        {
            lock (_lock)
            {
                _waiting.Add((d, state));
            }
        }

        public override void Send(SendOrPostCallback d, object state)
        {
            if (!MainThread.IsCurrent)
            {
                throw new NotSupportedException("the stub does not block a thread on the main thread; use Post");
            }

            d(state);
        }

        public override SynchronizationContext CreateCopy() => this;

        internal void Run()
        {
            lock (_lock)
            {
                (_waiting, _running) = (_running, _waiting);
            }

            for (int i = 0; i < _running.Count; i++)
            {
                try
                {
                    _running[i].Call(_running[i].State);
                }
                catch (Exception error)
                {
                    Debug.LogException(error);
                }
            }

            _running.Clear();
        }
    }
}
