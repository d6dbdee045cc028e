using System;

namespace UnityEngine.UI
{
    [Serializable]
    public class FontData
    {
        [SerializeField]
        private Font m_Font;

        [SerializeField]
        private int m_FontSize = 14;

        [SerializeField]
        private FontStyle m_FontStyle;

        [SerializeField]
        private bool m_BestFit;

        [SerializeField]
        private int m_MinSize = 10;

        [SerializeField]
        private int m_MaxSize = 40;

        [SerializeField]
        private TextAnchor m_Alignment;

        [SerializeField]
        private bool m_AlignByGeometry;

        [SerializeField]
        private bool m_RichText = true;

        [SerializeField]
        private HorizontalWrapMode m_HorizontalOverflow;

        [SerializeField]
        private VerticalWrapMode m_VerticalOverflow;

        [SerializeField]
        private float m_LineSpacing = 1f;

        public Font font
        {
            get => m_Font;
            set => m_Font = value;
        }

        public int fontSize
        {
            get => m_FontSize;
            set => m_FontSize = value;
        }

        public FontStyle fontStyle
        {
            get => m_FontStyle;
            set => m_FontStyle = value;
        }

        public bool bestFit
        {
            get => m_BestFit;
            set => m_BestFit = value;
        }

        public int minSize
        {
            get => m_MinSize;
            set => m_MinSize = value;
        }

        public int maxSize
        {
            get => m_MaxSize;
            set => m_MaxSize = value;
        }

        public TextAnchor alignment
        {
            get => m_Alignment;
            set => m_Alignment = value;
        }

        public bool alignByGeometry
        {
            get => m_AlignByGeometry;
            set => m_AlignByGeometry = value;
        }

        public bool richText
        {
            get => m_RichText;
            set => m_RichText = value;
        }

        public HorizontalWrapMode horizontalOverflow
        {
            get => m_HorizontalOverflow;
            set => m_HorizontalOverflow = value;
        }

        public VerticalWrapMode verticalOverflow
        {
            get => m_VerticalOverflow;
            set => m_VerticalOverflow = value;
        }

        public float lineSpacing
        {
            get => m_LineSpacing;
            set => m_LineSpacing = value;
        }
    }
}
