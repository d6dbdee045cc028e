using System;
using UnityEngine.Events;
using UnityEngine.EventSystems;

namespace UnityEngine.UI
{
    /// <summary>Only the fields: nothing scrolls here.</summary>
    [RequireComponent(typeof(RectTransform))]
    public class ScrollRect : UIBehaviour
    {
        [SerializeField]
        private RectTransform m_Content;

        [SerializeField]
        private bool m_Horizontal = true;

        [SerializeField]
        private bool m_Vertical = true;

        [SerializeField]
        private MovementType m_MovementType = MovementType.Elastic;

        [SerializeField]
        private float m_Elasticity = 0.1f;

        [SerializeField]
        private bool m_Inertia = true;

        [SerializeField]
        private float m_DecelerationRate = 0.135f;

        [SerializeField]
        private float m_ScrollSensitivity = 1f;

        [SerializeField]
        private RectTransform m_Viewport;

        [SerializeField]
        private ScrollRectEvent m_OnValueChanged = new ScrollRectEvent();

        public enum MovementType
        {
            Unrestricted,
            Elastic,
            Clamped,
        }

        public RectTransform content
        {
            get => m_Content;
            set => m_Content = value;
        }

        public RectTransform viewport
        {
            get => m_Viewport;
            set => m_Viewport = value;
        }

        public bool horizontal
        {
            get => m_Horizontal;
            set => m_Horizontal = value;
        }

        public bool vertical
        {
            get => m_Vertical;
            set => m_Vertical = value;
        }

        public MovementType movementType
        {
            get => m_MovementType;
            set => m_MovementType = value;
        }

        public float elasticity
        {
            get => m_Elasticity;
            set => m_Elasticity = value;
        }

        public bool inertia
        {
            get => m_Inertia;
            set => m_Inertia = value;
        }

        public float decelerationRate
        {
            get => m_DecelerationRate;
            set => m_DecelerationRate = value;
        }

        public float scrollSensitivity
        {
            get => m_ScrollSensitivity;
            set => m_ScrollSensitivity = value;
        }

        public ScrollRectEvent onValueChanged
        {
            get => m_OnValueChanged;
            set => m_OnValueChanged = value;
        }

        [Serializable]
        public class ScrollRectEvent : UnityEvent<Vector2>
        {
        }
    }
}
