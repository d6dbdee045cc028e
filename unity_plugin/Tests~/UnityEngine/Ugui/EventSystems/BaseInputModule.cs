namespace UnityEngine.EventSystems
{
    [RequireComponent(typeof(EventSystem))]
    public abstract class BaseInputModule : UIBehaviour
    {
        [SerializeField]
        private bool m_SendPointerHoverToParent = true;

        public bool sendPointerHoverToParent
        {
            get => m_SendPointerHoverToParent;
            set => m_SendPointerHoverToParent = value;
        }
    }
}
