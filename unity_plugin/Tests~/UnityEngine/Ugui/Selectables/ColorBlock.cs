using System;

namespace UnityEngine.UI
{
    [Serializable]
    public struct ColorBlock
    {
        [SerializeField]
        private Color m_NormalColor;

        [SerializeField]
        private Color m_HighlightedColor;

        [SerializeField]
        private Color m_PressedColor;

        [SerializeField]
        private Color m_SelectedColor;

        [SerializeField]
        private Color m_DisabledColor;

        [SerializeField]
        private float m_ColorMultiplier;

        [SerializeField]
        private float m_FadeDuration;

        public static ColorBlock defaultColorBlock => new ColorBlock
        {
            m_NormalColor = Color.white,
            m_HighlightedColor = new Color(0.96f, 0.96f, 0.96f),
            m_PressedColor = new Color(0.78f, 0.78f, 0.78f),
            m_SelectedColor = new Color(0.96f, 0.96f, 0.96f),
            m_DisabledColor = new Color(0.78f, 0.78f, 0.78f, 0.5f),
            m_ColorMultiplier = 1f,
            m_FadeDuration = 0.1f,
        };

        public Color normalColor
        {
            get => m_NormalColor;
            set => m_NormalColor = value;
        }

        public Color highlightedColor
        {
            get => m_HighlightedColor;
            set => m_HighlightedColor = value;
        }

        public Color pressedColor
        {
            get => m_PressedColor;
            set => m_PressedColor = value;
        }

        public Color selectedColor
        {
            get => m_SelectedColor;
            set => m_SelectedColor = value;
        }

        public Color disabledColor
        {
            get => m_DisabledColor;
            set => m_DisabledColor = value;
        }

        public float colorMultiplier
        {
            get => m_ColorMultiplier;
            set => m_ColorMultiplier = value;
        }

        public float fadeDuration
        {
            get => m_FadeDuration;
            set => m_FadeDuration = value;
        }
    }
}
