using UnityEngine.EventSystems;

namespace UnityEngine.UI
{
    [DisallowMultipleComponent]
    public class Selectable : UIBehaviour
    {
        [SerializeField]
        private Navigation m_Navigation = Navigation.defaultNavigation;

        [SerializeField]
        private Transition m_Transition = Transition.ColorTint;

        [SerializeField]
        private ColorBlock m_Colors = ColorBlock.defaultColorBlock;

        [SerializeField]
        private SpriteState m_SpriteState;

        [SerializeField]
        private AnimationTriggers m_AnimationTriggers = new AnimationTriggers();

        [SerializeField]
        private bool m_Interactable = true;

        [SerializeField]
        private Graphic m_TargetGraphic;

        public enum Transition
        {
            None,
            ColorTint,
            SpriteSwap,
            Animation,
        }

        public Navigation navigation
        {
            get => m_Navigation;
            set => m_Navigation = value;
        }

        public Transition transition
        {
            get => m_Transition;
            set => m_Transition = value;
        }

        public ColorBlock colors
        {
            get => m_Colors;
            set => m_Colors = value;
        }

        public SpriteState spriteState
        {
            get => m_SpriteState;
            set => m_SpriteState = value;
        }

        public AnimationTriggers animationTriggers
        {
            get => m_AnimationTriggers;
            set => m_AnimationTriggers = value;
        }

        public bool interactable
        {
            get => m_Interactable;
            set => m_Interactable = value;
        }

        public Graphic targetGraphic
        {
            get => m_TargetGraphic;
            set => m_TargetGraphic = value;
        }

        public virtual bool IsInteractable() => m_Interactable;

        public virtual void Select()
        {
            if (EventSystem.current != null)
            {
                EventSystem.current.SetSelectedGameObject(gameObject);
            }
        }

        protected override void Awake()
        {
            if (m_TargetGraphic == null)
            {
                m_TargetGraphic = GetComponent<Graphic>();
            }
        }
    }
}
