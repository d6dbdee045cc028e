using System;

namespace UnityEngine.UI
{
    [Serializable]
    public struct SpriteState
    {
        [SerializeField]
        private Sprite m_HighlightedSprite;

        [SerializeField]
        private Sprite m_PressedSprite;

        [SerializeField]
        private Sprite m_SelectedSprite;

        [SerializeField]
        private Sprite m_DisabledSprite;

        public Sprite highlightedSprite
        {
            get => m_HighlightedSprite;
            set => m_HighlightedSprite = value;
        }

        public Sprite pressedSprite
        {
            get => m_PressedSprite;
            set => m_PressedSprite = value;
        }

        public Sprite selectedSprite
        {
            get => m_SelectedSprite;
            set => m_SelectedSprite = value;
        }

        public Sprite disabledSprite
        {
            get => m_DisabledSprite;
            set => m_DisabledSprite = value;
        }
    }
}
