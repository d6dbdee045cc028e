using UnityEngine.Stub;

namespace UnityEngine.UI
{
    /// <summary>A texture in a canvas.</summary>
    [RequireComponent(typeof(CanvasRenderer))]
    [AddComponentMenu("UI/Raw Image")]
    public class RawImage : MaskableGraphic
    {
        [SerializeField]
        private Texture m_Texture;

        [SerializeField]
        private Rect m_UVRect = new Rect(0f, 0f, 1f, 1f);

        public override Texture mainTexture => m_Texture;

        public Texture texture
        {
            get => m_Texture;
            set
            {
                MainThread.Require("set_texture");
                if (m_Texture != value)
                {
                    m_Texture = value;
                    SetVerticesDirty();
                }
            }
        }

        public Rect uvRect
        {
            get => m_UVRect;
            set
            {
                m_UVRect = value;
                SetVerticesDirty();
            }
        }
    }
}
