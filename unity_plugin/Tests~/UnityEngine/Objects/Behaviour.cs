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

        public bool isActiveAndEnabled => this != null && _enabled && gameObject.activeInHierarchy;

        internal virtual void Refresh()
        {
        }
    }
}
