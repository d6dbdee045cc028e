using System.Collections.Generic;

namespace UnityEngine.Events
{
    public class UnityEvent : UnityEventBase
    {
        private readonly List<UnityAction> _listeners = new List<UnityAction>();

        public void AddListener(UnityAction call) => _listeners.Add(call);

        public void RemoveListener(UnityAction call) => _listeners.Remove(call);

        public void Invoke()
        {
            if (HasCalls)
            {
                Call();
            }

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
            if (HasCalls)
            {
                Call(arg0);
            }

            for (int i = 0; i < _listeners.Count; i++)
            {
                _listeners[i](arg0);
            }
        }

        internal override void ClearListeners() => _listeners.Clear();
    }
}
