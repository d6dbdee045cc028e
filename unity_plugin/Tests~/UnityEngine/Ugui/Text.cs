using System;

namespace UnityEngine.UI
{
    /// <summary>
    /// Text in a canvas. Added by a script it has no font, and shows nothing until it gets one: only the editor's Reset
    /// sets the built-in one. Characters are half as wide as they are high.
    /// </summary>
    [RequireComponent(typeof(CanvasRenderer))]
    [AddComponentMenu("UI/Legacy/Text")]
    public class Text : MaskableGraphic, ILayoutElement
    {
        [SerializeField]
        private FontData m_FontData = new FontData();

        [SerializeField]
        private string m_Text = string.Empty;

        public virtual string text
        {
            get => m_Text;
            set
            {
                value = value ?? string.Empty;
                if (m_Text != value)
                {
                    m_Text = value;
                    SetVerticesDirty();
                    SetLayoutDirty();
                }
            }
        }

        public Font font
        {
            get => m_FontData.font;
            set
            {
                if (!Equals(m_FontData.font, value))
                {
                    m_FontData.font = value;
                    SetVerticesDirty();
                }
            }
        }

        public int fontSize
        {
            get => m_FontData.fontSize;
            set
            {
                if (!Equals(m_FontData.fontSize, value))
                {
                    m_FontData.fontSize = value;
                    SetVerticesDirty();
                }
            }
        }

        public FontStyle fontStyle
        {
            get => m_FontData.fontStyle;
            set
            {
                if (!Equals(m_FontData.fontStyle, value))
                {
                    m_FontData.fontStyle = value;
                    SetVerticesDirty();
                }
            }
        }

        public bool resizeTextForBestFit
        {
            get => m_FontData.bestFit;
            set
            {
                if (!Equals(m_FontData.bestFit, value))
                {
                    m_FontData.bestFit = value;
                    SetVerticesDirty();
                }
            }
        }

        public int resizeTextMinSize
        {
            get => m_FontData.minSize;
            set
            {
                if (!Equals(m_FontData.minSize, value))
                {
                    m_FontData.minSize = value;
                    SetVerticesDirty();
                }
            }
        }

        public int resizeTextMaxSize
        {
            get => m_FontData.maxSize;
            set
            {
                if (!Equals(m_FontData.maxSize, value))
                {
                    m_FontData.maxSize = value;
                    SetVerticesDirty();
                }
            }
        }

        public TextAnchor alignment
        {
            get => m_FontData.alignment;
            set
            {
                if (!Equals(m_FontData.alignment, value))
                {
                    m_FontData.alignment = value;
                    SetVerticesDirty();
                }
            }
        }

        public bool alignByGeometry
        {
            get => m_FontData.alignByGeometry;
            set
            {
                if (!Equals(m_FontData.alignByGeometry, value))
                {
                    m_FontData.alignByGeometry = value;
                    SetVerticesDirty();
                }
            }
        }

        public bool supportRichText
        {
            get => m_FontData.richText;
            set
            {
                if (!Equals(m_FontData.richText, value))
                {
                    m_FontData.richText = value;
                    SetVerticesDirty();
                }
            }
        }

        public HorizontalWrapMode horizontalOverflow
        {
            get => m_FontData.horizontalOverflow;
            set
            {
                if (!Equals(m_FontData.horizontalOverflow, value))
                {
                    m_FontData.horizontalOverflow = value;
                    SetVerticesDirty();
                }
            }
        }

        public VerticalWrapMode verticalOverflow
        {
            get => m_FontData.verticalOverflow;
            set
            {
                if (!Equals(m_FontData.verticalOverflow, value))
                {
                    m_FontData.verticalOverflow = value;
                    SetVerticesDirty();
                }
            }
        }

        public float lineSpacing
        {
            get => m_FontData.lineSpacing;
            set
            {
                if (!Equals(m_FontData.lineSpacing, value))
                {
                    m_FontData.lineSpacing = value;
                    SetVerticesDirty();
                }
            }
        }

        public virtual float preferredWidth
        {
            get
            {
                StubMeasure(float.MaxValue, out float widest);
                return widest;
            }
        }

        public virtual float preferredHeight =>
            StubMeasure(rectTransform.rect.width, out _) * fontSize * 1.15f * lineSpacing;

        protected override bool HasContent => font != null && m_Text.Length > 0;

        /// <summary>How many lines there are when none may be wider; and how wide the widest is.</summary>
        private int StubMeasure(float width, out float widest)
        {
            float letter = fontSize * 0.5f;
            int each = Math.Max(1, (int)(Math.Min(width, 1e6f) / letter));
            int lines = 0;
            widest = 0f;
            foreach (string line in m_Text.Split('\n'))
            {
                lines += Math.Max(1, (line.Length + each - 1) / each);
                widest = Math.Max(widest, line.Length * letter);
            }

            return lines;
        }
    }
}
