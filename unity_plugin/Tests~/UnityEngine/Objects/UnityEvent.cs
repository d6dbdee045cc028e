using System.Collections.Generic;

namespace UnityEngine.Events
{
    public delegate void UnityAction();

    public delegate void UnityAction<T0>(T0 arg0);

    public delegate void UnityAction<T0, T1>(T0 arg0, T1 arg1);

    public abstract class UnityEventBase
    {
        public void RemoveAllListeners() => ClearListeners();

        /// <summary>Listeners that the inspector holds; here there is no inspector unless a test says so.</summary>
        public int GetPersistentEventCount() => StubPersistent;

        public int StubPersistent { get; set; }

        internal abstract void ClearListeners();
    }

    public class UnityEvent : UnityEventBase
    {
        private readonly List<UnityAction> _listeners = new List<UnityAction>();

        public void AddListener(UnityAction call) => _listeners.Add(call);

        public void RemoveListener(UnityAction call) => _listeners.Remove(call);

        public void Invoke()
        {
            for (int i = 0; i < _listeners.Count; i++)
            {
                _listeners[i]();
            }
        }

        internal override void ClearListeners() => _listeners.Clear();
    }

    public class UnityEvent<T0> : UnityEventBase
    {
        private readonly List<UnityAction<T0>> _listeners = new List<UnityAction<T0>>();

        public void AddListener(UnityAction<T0> call) => _listeners.Add(call);

        public void RemoveListener(UnityAction<T0> call) => _listeners.Remove(call);

        public void Invoke(T0 arg0)
        {
            for (int i = 0; i < _listeners.Count; i++)
            {
                _listeners[i](arg0);
            }
        }

        internal override void ClearListeners() => _listeners.Clear();
    }
}
