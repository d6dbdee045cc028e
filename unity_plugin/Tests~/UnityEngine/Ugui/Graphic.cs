using UnityEngine.EventSystems;
using UnityEngine.Stub;

namespace UnityEngine.UI
{
    /// <summary>Something that a canvas draws. Counts rebuilds of its mesh.</summary>
    [DisallowMultipleComponent]
    [RequireComponent(typeof(RectTransform))]
    public abstract class Graphic : UIBehaviour
    {
        [SerializeField]
        protected Material m_Material;

        [SerializeField]
        private Color m_Color = Color.white;

        [SerializeField]
        private bool m_RaycastTarget = true;

        [SerializeField]
        private Vector4 m_RaycastPadding;

        public virtual Color color
        {
            get => m_Color;
            set
            {
                if (m_Color != value)
                {
                    m_Color = value;
                    SetVerticesDirty();
                }
            }
        }

        public virtual Material material
        {
            get => m_Material;
            set => m_Material = value;
        }

        public virtual bool raycastTarget
        {
            get => m_RaycastTarget;
            set => m_RaycastTarget = value;
        }

        public Vector4 raycastPadding
        {
            get => m_RaycastPadding;
            set => m_RaycastPadding = value;
        }

        public RectTransform rectTransform => (RectTransform)transform;

        public Canvas canvas => GetComponentInParent<Canvas>();

        public CanvasRenderer canvasRenderer
        {
            get
            {
                CanvasRenderer found = GetComponent<CanvasRenderer>();
                return found != null ? found : gameObject.AddComponent<CanvasRenderer>();
            }
        }

        public virtual Texture mainTexture => null;

        /// <summary>How often its mesh would have been rebuilt.</summary>
        public int StubRebuilds { get; private set; }

        /// <summary>Whether it is to be seen: it is on, lies in a canvas that is on, and has something to show.</summary>
        public bool StubIsDrawn => IsActive() && canvas != null && canvas.isActiveAndEnabled && m_Color.a > 0f && HasContent;

        protected virtual bool HasContent => true;

        public virtual void SetVerticesDirty()
        {
            MainThread.Require("SetVerticesDirty");
            StubRebuilds++;
        }

        public virtual void SetLayoutDirty()
        {
        }

        public virtual void SetMaterialDirty()
        {
        }

        public virtual void SetAllDirty() => SetVerticesDirty();
    }
}
