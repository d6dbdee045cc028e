using System;
using UnityEngine.Events;

namespace UnityEngine.UI
{
    [AddComponentMenu("UI/Legacy/Button")]
    public class Button : Selectable
    {
        [SerializeField]
        private ButtonClickedEvent m_OnClick = new ButtonClickedEvent();

        public ButtonClickedEvent onClick
        {
            get => m_OnClick;
            set => m_OnClick = value;
        }

        /// <summary>A user's click; ignored while disabled or not interactable.</summary>
        public void StubClick()
        {
            if (IsActive() && IsInteractable())
            {
                m_OnClick.Invoke();
            }
        }

        [Serializable]
        public class ButtonClickedEvent : UnityEvent
        {
        }
    }
}
