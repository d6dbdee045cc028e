namespace UnityEngine.UI
{
    /// <summary>A sprite in a canvas; without one a plain rectangle in its colour.</summary>
    [RequireComponent(typeof(CanvasRenderer))]
    [AddComponentMenu("UI/Image")]
    public class Image : MaskableGraphic
    {
        [SerializeField]
        private Sprite m_Sprite;

        [SerializeField]
        private Type m_Type;

        [SerializeField]
        private bool m_PreserveAspect;

        [SerializeField]
        private bool m_FillCenter = true;

        [SerializeField]
        private FillMethod m_FillMethod = FillMethod.Radial360;

        [SerializeField]
        private float m_FillAmount = 1f;

        [SerializeField]
        private bool m_FillClockwise = true;

        [SerializeField]
        private int m_FillOrigin;

        [SerializeField]
        private bool m_UseSpriteMesh;

        [SerializeField]
        private float m_PixelsPerUnitMultiplier = 1f;

        public enum Type
        {
            Simple,
            Sliced,
            Tiled,
            Filled,
        }

        public enum FillMethod
        {
            Horizontal,
            Vertical,
            Radial90,
            Radial180,
            Radial360,
        }

        public Sprite sprite
        {
            get => m_Sprite;
            set
            {
                m_Sprite = value;
                SetVerticesDirty();
            }
        }

        public Type type
        {
            get => m_Type;
            set => m_Type = value;
        }

        public bool preserveAspect
        {
            get => m_PreserveAspect;
            set => m_PreserveAspect = value;
        }

        public bool fillCenter
        {
            get => m_FillCenter;
            set => m_FillCenter = value;
        }

        public FillMethod fillMethod
        {
            get => m_FillMethod;
            set => m_FillMethod = value;
        }

        public float fillAmount
        {
            get => m_FillAmount;
            set => m_FillAmount = value;
        }

        public bool fillClockwise
        {
            get => m_FillClockwise;
            set => m_FillClockwise = value;
        }

        public int fillOrigin
        {
            get => m_FillOrigin;
            set => m_FillOrigin = value;
        }

        public bool useSpriteMesh
        {
            get => m_UseSpriteMesh;
            set => m_UseSpriteMesh = value;
        }

        public float pixelsPerUnitMultiplier
        {
            get => m_PixelsPerUnitMultiplier;
            set => m_PixelsPerUnitMultiplier = value;
        }
    }
}
