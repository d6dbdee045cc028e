using UnityEngine.EventSystems;

namespace UnityEngine.UI
{
    /// <summary>Lets a pointer hit what lies in a canvas.</summary>
    [RequireComponent(typeof(Canvas))]
    public class GraphicRaycaster : BaseRaycaster
    {
        [SerializeField]
        private bool m_IgnoreReversedGraphics = true;

        [SerializeField]
        private BlockingObjects m_BlockingObjects;

        [SerializeField]
        protected LayerMask m_BlockingMask = -1;

        public enum BlockingObjects
        {
            None,
            TwoD,
            ThreeD,
            All,
        }

        public bool ignoreReversedGraphics
        {
            get => m_IgnoreReversedGraphics;
            set => m_IgnoreReversedGraphics = value;
        }

        public BlockingObjects blockingObjects
        {
            get => m_BlockingObjects;
            set => m_BlockingObjects = value;
        }
    }
}
