#pragma warning disable CS0169, CS0414 // fields that nothing here reads, and scene files set
using System;
using UnityEngine.Events;

namespace UnityEngine.UI
{
    /// <summary>A line to type into.</summary>
    [AddComponentMenu("UI/Legacy/Input Field")]
    public class InputField : Selectable
    {
        [SerializeField]
        protected Text m_TextComponent;

        [SerializeField]
        protected Graphic m_Placeholder;

        [SerializeField]
        private ContentType m_ContentType;

        [SerializeField]
        private InputType m_InputType;

        [SerializeField]
        private char m_AsteriskChar = '*';

        [SerializeField]
        private int m_KeyboardType;

        [SerializeField]
        private LineType m_LineType;

        [SerializeField]
        private bool m_HideMobileInput;

        [SerializeField]
        private int m_CharacterValidation;

        [SerializeField]
        private int m_CharacterLimit;

        [SerializeField]
        private SubmitEvent m_OnSubmit = new SubmitEvent();

        [SerializeField]
        private EndEditEvent m_OnDidEndEdit = new EndEditEvent();

        [SerializeField]
        private OnChangeEvent m_OnValueChanged = new OnChangeEvent();

        [SerializeField]
        private Color m_CaretColor = new Color(0.2f, 0.2f, 0.2f);

        [SerializeField]
        private bool m_CustomCaretColor;

        [SerializeField]
        private Color m_SelectionColor = new Color(0.66f, 0.81f, 1f, 0.75f);

        [SerializeField]
        protected string m_Text = string.Empty;

        [SerializeField]
        private float m_CaretBlinkRate = 0.85f;

        [SerializeField]
        private int m_CaretWidth = 1;

        [SerializeField]
        private bool m_ReadOnly;

        [SerializeField]
        private bool m_ShouldActivateOnSelect = true;

        public enum ContentType
        {
            Standard,
            Autocorrected,
            IntegerNumber,
            DecimalNumber,
            Alphanumeric,
            Name,
            EmailAddress,
            Password,
            Pin,
            Custom,
        }

        public enum InputType
        {
            Standard,
            AutoCorrect,
            Password,
        }

        public enum LineType
        {
            SingleLine,
            MultiLineSubmit,
            MultiLineNewline,
        }

        public string text
        {
            get => m_Text;
            set => SetText(value, true);
        }

        public Text textComponent
        {
            get => m_TextComponent;
            set
            {
                m_TextComponent = value;
                UpdateLabel();
            }
        }

        public Graphic placeholder
        {
            get => m_Placeholder;
            set
            {
                m_Placeholder = value;
                UpdateLabel();
            }
        }

        public ContentType contentType
        {
            get => m_ContentType;
            set => m_ContentType = value;
        }

        public InputType inputType
        {
            get => m_InputType;
            set => m_InputType = value;
        }

        public LineType lineType
        {
            get => m_LineType;
            set => m_LineType = value;
        }

        public int characterLimit
        {
            get => m_CharacterLimit;
            set => m_CharacterLimit = value;
        }

        public bool readOnly
        {
            get => m_ReadOnly;
            set => m_ReadOnly = value;
        }

        public bool isFocused { get; private set; }

        public SubmitEvent onSubmit
        {
            get => m_OnSubmit;
            set => m_OnSubmit = value;
        }

        public EndEditEvent onEndEdit
        {
            get => m_OnDidEndEdit;
            set => m_OnDidEndEdit = value;
        }

        public OnChangeEvent onValueChanged
        {
            get => m_OnValueChanged;
            set => m_OnValueChanged = value;
        }

        public void SetTextWithoutNotify(string input) => SetText(input, false);

        public void ActivateInputField() => isFocused = IsActive() && IsInteractable();

        public void DeactivateInputField()
        {
            if (isFocused)
            {
                isFocused = false;
                m_OnDidEndEdit.Invoke(m_Text);
            }
        }

        public void ForceLabelUpdate() => UpdateLabel();

        /// <summary>A person clicks into the line and types.</summary>
        public void StubType(string words)
        {
            ActivateInputField();
            if (isFocused && !m_ReadOnly)
            {
                text = words;
            }
        }

        /// <summary>A person presses Return: in Unity the words are submitted, and then the editing ends.</summary>
        public void StubReturn()
        {
            if (isFocused)
            {
                m_OnSubmit.Invoke(m_Text);
                DeactivateInputField();
            }
        }

        protected override void OnEnable() => UpdateLabel();

        protected override void OnDisable() => DeactivateInputField();

        private void SetText(string value, bool tell)
        {
            value = value ?? string.Empty;
            if (m_LineType == LineType.SingleLine)
            {
                value = value.Replace("\n", string.Empty).Replace("\t", string.Empty);
            }

            if (m_CharacterLimit > 0 && value.Length > m_CharacterLimit)
            {
                value = value.Substring(0, m_CharacterLimit);
            }

            if (m_Text == value)
            {
                return;
            }

            m_Text = value;
            UpdateLabel();
            if (tell)
            {
                m_OnValueChanged.Invoke(value);
            }
        }

        private void UpdateLabel()
        {
            if (m_TextComponent != null)
            {
                m_TextComponent.text = m_Text;
            }

            if (m_Placeholder != null)
            {
                m_Placeholder.enabled = m_Text.Length == 0;
            }
        }

        [Serializable]
        public class SubmitEvent : UnityEvent<string>
        {
        }

        [Serializable]
        public class EndEditEvent : UnityEvent<string>
        {
        }

        [Serializable]
        public class OnChangeEvent : UnityEvent<string>
        {
        }
    }
}
