namespace UnityEngine.EventSystems
{
    /// <summary>Mouse, touch and keys by UnityEngine.Input. It throws each frame in a project on the new Input System alone.</summary>
    public class StandaloneInputModule : BaseInputModule
    {
        [SerializeField]
        private string m_HorizontalAxis = "Horizontal";

        [SerializeField]
        private string m_VerticalAxis = "Vertical";

        [SerializeField]
        private string m_SubmitButton = "Submit";

        [SerializeField]
        private string m_CancelButton = "Cancel";

        [SerializeField]
        private float m_InputActionsPerSecond = 10f;

        [SerializeField]
        private float m_RepeatDelay = 0.5f;

        [SerializeField]
        private bool m_ForceModuleActive;

        public string horizontalAxis
        {
            get => m_HorizontalAxis;
            set => m_HorizontalAxis = value;
        }

        public string verticalAxis
        {
            get => m_VerticalAxis;
            set => m_VerticalAxis = value;
        }

        public string submitButton
        {
            get => m_SubmitButton;
            set => m_SubmitButton = value;
        }

        public string cancelButton
        {
            get => m_CancelButton;
            set => m_CancelButton = value;
        }

        public float inputActionsPerSecond
        {
            get => m_InputActionsPerSecond;
            set => m_InputActionsPerSecond = value;
        }

        public float repeatDelay
        {
            get => m_RepeatDelay;
            set => m_RepeatDelay = value;
        }

        public bool forceModuleActive
        {
            get => m_ForceModuleActive;
            set => m_ForceModuleActive = value;
        }
    }
}
