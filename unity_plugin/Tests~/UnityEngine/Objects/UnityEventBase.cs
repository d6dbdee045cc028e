namespace UnityEngine.Events
{
    public abstract class UnityEventBase
    {
        public void RemoveAllListeners() => ClearListeners();

        /// <summary>Listeners that the inspector holds; here there is no inspector unless a test says so.</summary>
        public int GetPersistentEventCount() => StubPersistent;

        public int StubPersistent { get; set; }

        internal abstract void ClearListeners();
    }
}
