using System;

namespace UnityEngine.UI
{
    [Serializable]
    public struct Navigation
    {
        [SerializeField]
        private Mode m_Mode;

        [SerializeField]
        private bool m_WrapAround;

        [SerializeField]
        private Selectable m_SelectOnUp;

        [SerializeField]
        private Selectable m_SelectOnDown;

        [SerializeField]
        private Selectable m_SelectOnLeft;

        [SerializeField]
        private Selectable m_SelectOnRight;

        [Flags]
        public enum Mode
        {
            None = 0,
            Horizontal = 1,
            Vertical = 2,
            Automatic = 3,
            Explicit = 4,
        }

        public static Navigation defaultNavigation => new Navigation { m_Mode = Mode.Automatic };

        public Mode mode
        {
            get => m_Mode;
            set => m_Mode = value;
        }

        public bool wrapAround
        {
            get => m_WrapAround;
            set => m_WrapAround = value;
        }

        public Selectable selectOnUp
        {
            get => m_SelectOnUp;
            set => m_SelectOnUp = value;
        }

        public Selectable selectOnDown
        {
            get => m_SelectOnDown;
            set => m_SelectOnDown = value;
        }

        public Selectable selectOnLeft
        {
            get => m_SelectOnLeft;
            set => m_SelectOnLeft = value;
        }

        public Selectable selectOnRight
        {
            get => m_SelectOnRight;
            set => m_SelectOnRight = value;
        }
    }
}
