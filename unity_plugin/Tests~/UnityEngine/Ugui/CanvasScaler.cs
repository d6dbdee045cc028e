using UnityEngine.EventSystems;

namespace UnityEngine.UI
{
    /// <summary>Sets the scale of a root canvas, each frame.</summary>
    [RequireComponent(typeof(Canvas))]
    [DisallowMultipleComponent]
    public class CanvasScaler : UIBehaviour
    {
        [SerializeField]
        private ScaleMode m_UiScaleMode;

        [SerializeField]
        protected float m_ReferencePixelsPerUnit = 100f;

        [SerializeField]
        protected float m_ScaleFactor = 1f;

        [SerializeField]
        protected Vector2 m_ReferenceResolution = new Vector2(800f, 600f);

        [SerializeField]
        protected ScreenMatchMode m_ScreenMatchMode;

        [SerializeField]
        protected float m_MatchWidthOrHeight;

        [SerializeField]
        protected Unit m_PhysicalUnit = Unit.Points;

        [SerializeField]
        protected float m_FallbackScreenDPI = 96f;

        [SerializeField]
        protected float m_DefaultSpriteDPI = 96f;

        [SerializeField]
        protected float m_DynamicPixelsPerUnit = 1f;

        [SerializeField]
        protected bool m_PresetInfoIsWorld;

        public enum ScaleMode
        {
            ConstantPixelSize,
            ScaleWithScreenSize,
            ConstantPhysicalSize,
        }

        public enum ScreenMatchMode
        {
            MatchWidthOrHeight,
            Expand,
            Shrink,
        }

        public enum Unit
        {
            Centimeters,
            Millimeters,
            Inches,
            Points,
            Picas,
        }

        public ScaleMode uiScaleMode
        {
            get => m_UiScaleMode;
            set => m_UiScaleMode = value;
        }

        public float referencePixelsPerUnit
        {
            get => m_ReferencePixelsPerUnit;
            set => m_ReferencePixelsPerUnit = value;
        }

        public float scaleFactor
        {
            get => m_ScaleFactor;
            set => m_ScaleFactor = Mathf.Max(0.01f, value);
        }

        public Vector2 referenceResolution
        {
            get => m_ReferenceResolution;
            set => m_ReferenceResolution = value;
        }

        public ScreenMatchMode screenMatchMode
        {
            get => m_ScreenMatchMode;
            set => m_ScreenMatchMode = value;
        }

        public float matchWidthOrHeight
        {
            get => m_MatchWidthOrHeight;
            set => m_MatchWidthOrHeight = value;
        }

        public float dynamicPixelsPerUnit
        {
            get => m_DynamicPixelsPerUnit;
            set => m_DynamicPixelsPerUnit = value;
        }

        protected override void OnEnable() => Handle();

        protected virtual void Update() => Handle();

        protected virtual void Handle()
        {
            Canvas canvas = GetComponent<Canvas>();
            if (canvas == null || !canvas.isRootCanvas)
            {
                return;
            }

            canvas.scaleFactor = canvas.renderMode == RenderMode.WorldSpace ? m_DynamicPixelsPerUnit
                : m_UiScaleMode == ScaleMode.ConstantPixelSize ? m_ScaleFactor
                : m_UiScaleMode == ScaleMode.ScaleWithScreenSize ? ByScreenSize()
                : ByDensity();
            canvas.referencePixelsPerUnit = m_ReferencePixelsPerUnit;
        }

        private float ByScreenSize()
        {
            double width = Screen.width / m_ReferenceResolution.x;
            double height = Screen.height / m_ReferenceResolution.y;
            switch (m_ScreenMatchMode)
            {
                case ScreenMatchMode.Expand:
                    return (float)System.Math.Min(width, height);
                case ScreenMatchMode.Shrink:
                    return (float)System.Math.Max(width, height);
                default:
                    return (float)(System.Math.Pow(width, 1f - m_MatchWidthOrHeight) * System.Math.Pow(height, m_MatchWidthOrHeight));
            }
        }

        private float ByDensity()
        {
            float dpi = Screen.dpi == 0f ? m_FallbackScreenDPI : Screen.dpi;
            float[] perInch = { 2.54f, 25.4f, 1f, 72f, 6f };
            return dpi / perInch[(int)m_PhysicalUnit];
        }
    }
}
