namespace UnityEngine
{
    public class Behaviour : Component
    {
        private bool _enabled = true;

        public bool enabled
        {
            get => _enabled;
            set
            {
                Stub.MainThread.Require("set_enabled");
                if (_enabled != value)
                {
                    _enabled = value;
                    Refresh();
                }
            }
        }

        /// <summary>Of a script that plays: not before its OnEnable is called, so not yet in Awake.</summary>
        public bool isActiveAndEnabled => this != null && IsAdded;

        internal virtual bool IsAdded => IsWanted;

        internal bool IsWanted => _enabled && gameObject.activeInHierarchy;

        internal virtual void Refresh()
        {
        }
    }
}
