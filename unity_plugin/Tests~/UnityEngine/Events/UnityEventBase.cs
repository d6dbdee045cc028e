using System.Collections.Generic;
using UnityEngine.Stub;

namespace UnityEngine.Events
{
    public abstract class UnityEventBase
    {
        private readonly List<PersistentCall> _calls = new List<PersistentCall>();

        /// <summary>Additional listeners for tests; they do nothing.</summary>
        public int StubPersistent { get; set; }

        internal bool HasCalls => _calls.Count > 0;

        public void RemoveAllListeners() => ClearListeners();

        /// <summary>Listeners set in the inspector: those of the scene.</summary>
        public int GetPersistentEventCount() => StubPersistent + _calls.Count;

        public Object GetPersistentTarget(int index) => _calls[index].Target;

        public string GetPersistentMethodName(int index) => _calls[index].MethodName;

        internal abstract void ClearListeners();

        internal void Call(params object[] arguments)
        {
            for (int i = 0; i < _calls.Count; i++)
            {
                _calls[i].Invoke(arguments);
            }
        }

        /// <summary>The listeners in a file.</summary>
        internal void StubFill(YamlMap body, FieldReader reader)
        {
            _calls.Clear();
            if (body["m_PersistentCalls"] is YamlMap persistent)
            {
                foreach (YamlNode item in persistent.ListOf("m_Calls"))
                {
                    var call = new PersistentCall();
                    reader.Fill(call, (YamlMap)item);
                    _calls.Add(call);
                }
            }
        }

        /// <summary>Takes the listeners of another one, each with what stands for its target.</summary>
        internal void StubCopy(UnityEventBase from, System.Func<Object, Object> copyOf)
        {
            _calls.Clear();
            foreach (PersistentCall call in from._calls)
            {
                _calls.Add(call.For(copyOf(call.Target)));
            }
        }
    }
}
