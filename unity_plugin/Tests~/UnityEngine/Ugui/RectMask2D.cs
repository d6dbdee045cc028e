using UnityEngine.EventSystems;

namespace UnityEngine.UI
{
    [RequireComponent(typeof(RectTransform))]
    public class RectMask2D : UIBehaviour
    {
        [SerializeField]
        private Vector4 m_Padding;

        [SerializeField]
        private Vector2Int m_Softness;

        public Vector4 padding
        {
            get => m_Padding;
            set => m_Padding = value;
        }

        public Vector2Int softness
        {
            get => m_Softness;
            set => m_Softness = value;
        }
    }
}
