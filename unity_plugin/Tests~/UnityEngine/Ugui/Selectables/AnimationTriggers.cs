using System;

namespace UnityEngine.UI
{
    [Serializable]
    public class AnimationTriggers
    {
        [SerializeField]
        private string m_NormalTrigger = "Normal";

        [SerializeField]
        private string m_HighlightedTrigger = "Highlighted";

        [SerializeField]
        private string m_PressedTrigger = "Pressed";

        [SerializeField]
        private string m_SelectedTrigger = "Selected";

        [SerializeField]
        private string m_DisabledTrigger = "Disabled";

        public string normalTrigger
        {
            get => m_NormalTrigger;
            set => m_NormalTrigger = value;
        }

        public string highlightedTrigger
        {
            get => m_HighlightedTrigger;
            set => m_HighlightedTrigger = value;
        }

        public string pressedTrigger
        {
            get => m_PressedTrigger;
            set => m_PressedTrigger = value;
        }

        public string selectedTrigger
        {
            get => m_SelectedTrigger;
            set => m_SelectedTrigger = value;
        }

        public string disabledTrigger
        {
            get => m_DisabledTrigger;
            set => m_DisabledTrigger = value;
        }
    }
}
