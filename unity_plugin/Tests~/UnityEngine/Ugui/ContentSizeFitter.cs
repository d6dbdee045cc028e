using UnityEngine.EventSystems;

namespace UnityEngine.UI
{
    /// <summary>Gives its rectangle the size that its text wants. Unity lays out before it draws; here it is each frame.</summary>
    [RequireComponent(typeof(RectTransform))]
    public class ContentSizeFitter : UIBehaviour
    {
        [SerializeField]
        protected FitMode m_HorizontalFit;

        [SerializeField]
        protected FitMode m_VerticalFit;

        public enum FitMode
        {
            Unconstrained,
            MinSize,
            PreferredSize,
        }

        public FitMode horizontalFit
        {
            get => m_HorizontalFit;
            set => m_HorizontalFit = value;
        }

        public FitMode verticalFit
        {
            get => m_VerticalFit;
            set => m_VerticalFit = value;
        }

        private void LateUpdate()
        {
            ILayoutElement content = GetComponent<ILayoutElement>();
            if (content == null)
            {
                return;
            }

            var place = (RectTransform)transform;
            if (m_HorizontalFit == FitMode.PreferredSize)
            {
                place.SetSizeWithCurrentAnchors(RectTransform.Axis.Horizontal, content.preferredWidth);
            }

            if (m_VerticalFit == FitMode.PreferredSize)
            {
                place.SetSizeWithCurrentAnchors(RectTransform.Axis.Vertical, content.preferredHeight);
            }
        }
    }
}
