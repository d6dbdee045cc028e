namespace UnityEngine
{
    public class Component : Object
    {
        private GameObject _gameObject;

        public GameObject gameObject
        {
            get
            {
                Stub.MainThread.Require("get_gameObject");
                return _gameObject;
            }
        }

        public Transform transform => gameObject.transform;

        /// <summary>A component has the name of its object.</summary>
        internal override string StubName
        {
            get => _gameObject is null ? string.Empty : _gameObject.StubName;
            set => _gameObject.StubName = value;
        }

        public T GetComponent<T>() where T : class => gameObject.GetComponent<T>();

        public T[] GetComponents<T>() where T : class => gameObject.GetComponents<T>();

        public bool TryGetComponent<T>(out T component) where T : class => gameObject.TryGetComponent(out component);

        public T GetComponentInParent<T>() where T : class
        {
            for (Transform at = transform; at != null; at = at.parent)
            {
                if (at.gameObject.TryGetComponent(out T found))
                {
                    return found;
                }
            }

            return null;
        }

        public Component GetComponent(System.Type type) => gameObject.GetComponent(type);

        public T GetComponentInChildren<T>(bool includeInactive = false) where T : class =>
            gameObject.GetComponentInChildren<T>(includeInactive);

        public T[] GetComponentsInChildren<T>(bool includeInactive = false) where T : class =>
            gameObject.GetComponentsInChildren<T>(includeInactive);

        internal void Attach(GameObject owner) => _gameObject = owner;

        internal override void DestroyNow()
        {
            if (!Destroyed)
            {
                _gameObject.Remove(this);
                base.DestroyNow();
            }
        }
    }
}
