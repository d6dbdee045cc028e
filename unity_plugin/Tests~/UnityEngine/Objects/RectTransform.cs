using UnityEngine.Stub;

namespace UnityEngine
{
    /// <summary>
    /// A rectangle between two anchors of its parent's one. Nothing is kept that follows from the anchors; a root canvas on
    /// the screen drives its own rectangle.
    /// </summary>
    public sealed class RectTransform : Transform
    {
        private static readonly Vector2 Middle = new Vector2(0.5f, 0.5f);

        private Vector2 m_AnchorMin = new Vector2(0.5f, 0.5f);
        private Vector2 m_AnchorMax = new Vector2(0.5f, 0.5f);
        private Vector2 m_AnchoredPosition;
        private Vector2 m_SizeDelta = new Vector2(100f, 100f);
        private Vector2 m_Pivot = new Vector2(0.5f, 0.5f);

        public enum Axis
        {
            Horizontal,
            Vertical,
        }

        public Vector2 anchorMin
        {
            get => m_AnchorMin;
            set => Set(ref m_AnchorMin, value, "set_anchorMin");
        }

        public Vector2 anchorMax
        {
            get => m_AnchorMax;
            set => Set(ref m_AnchorMax, value, "set_anchorMax");
        }

        public Vector2 pivot
        {
            get => m_Pivot;
            set => Set(ref m_Pivot, value, "set_pivot");
        }

        public Vector2 sizeDelta
        {
            get => m_SizeDelta;
            set => Set(ref m_SizeDelta, value, "set_sizeDelta");
        }

        public Vector2 anchoredPosition
        {
            get => m_AnchoredPosition;
            set => Set(ref m_AnchoredPosition, value, "set_anchoredPosition");
        }

        public Vector3 anchoredPosition3D
        {
            get => new Vector3(m_AnchoredPosition.x, m_AnchoredPosition.y, base.localPosition.z);
            set
            {
                anchoredPosition = value;
                base.localPosition = new Vector3(0f, 0f, value.z);
            }
        }

        public Vector2 offsetMin
        {
            get => m_AnchoredPosition - Vector2.Scale(m_SizeDelta, m_Pivot);
            set
            {
                Vector2 moved = value - offsetMin;
                sizeDelta -= moved;
                anchoredPosition += Vector2.Scale(moved, Vector2.one - m_Pivot);
            }
        }

        public Vector2 offsetMax
        {
            get => m_AnchoredPosition + Vector2.Scale(m_SizeDelta, Vector2.one - m_Pivot);
            set
            {
                Vector2 moved = value - offsetMax;
                sizeDelta += moved;
                anchoredPosition += Vector2.Scale(moved, m_Pivot);
            }
        }

        /// <summary>In its own space, whose origin is the pivot.</summary>
        public Rect rect
        {
            get
            {
                Vector2 size = Size;
                Vector2 pivot = Driver(out _) ? Middle : m_Pivot;
                return new Rect(-pivot.x * size.x, -pivot.y * size.y, size.x, size.y);
            }
        }

        public override Vector3 localPosition
        {
            get
            {
                if (Driver(out Canvas canvas))
                {
                    return canvas.StubPosition;
                }

                Vector2 at = AnchorPoint + m_AnchoredPosition;
                return new Vector3(at.x, at.y, base.localPosition.z);
            }

            set
            {
                base.localPosition = value;
                m_AnchoredPosition = (Vector2)value - AnchorPoint;
            }
        }

        public override Quaternion localRotation
        {
            get => Driver(out Canvas canvas) ? canvas.StubRotation : base.localRotation;
            set => base.localRotation = value;
        }

        public override Vector3 localScale
        {
            get => Driver(out Canvas canvas) ? canvas.StubScale : base.localScale;
            set => base.localScale = value;
        }

        private Vector2 Size => Driver(out Canvas canvas)
            ? canvas.StubSize
            : Vector2.Scale(ParentRect.size, m_AnchorMax - m_AnchorMin) + m_SizeDelta;

        private Rect ParentRect => StubParent is RectTransform outer ? outer.rect : default;

        /// <summary>Where the pivot would be with an anchored position of nothing, in the parent's space.</summary>
        private Vector2 AnchorPoint
        {
            get
            {
                Rect outer = ParentRect;
                Vector2 anchor = m_AnchorMin + Vector2.Scale(m_AnchorMax - m_AnchorMin, m_Pivot);
                return outer.min + Vector2.Scale(outer.size, anchor);
            }
        }

        public void SetSizeWithCurrentAnchors(Axis axis, float size)
        {
            Vector2 delta = m_SizeDelta;
            Vector2 spread = Vector2.Scale(ParentRect.size, m_AnchorMax - m_AnchorMin);
            if (axis == Axis.Horizontal)
            {
                delta.x = size - spread.x;
            }
            else
            {
                delta.y = size - spread.y;
            }

            sizeDelta = delta;
        }

        /// <summary>Bottom left, top left, top right, bottom right.</summary>
        public void GetLocalCorners(Vector3[] fourCornersArray)
        {
            Rect rect = this.rect;
            fourCornersArray[0] = new Vector3(rect.xMin, rect.yMin, 0f);
            fourCornersArray[1] = new Vector3(rect.xMin, rect.yMax, 0f);
            fourCornersArray[2] = new Vector3(rect.xMax, rect.yMax, 0f);
            fourCornersArray[3] = new Vector3(rect.xMax, rect.yMin, 0f);
        }

        /// <summary>In the world; with a canvas over the screen that is in pixels from the bottom left.</summary>
        public void GetWorldCorners(Vector3[] fourCornersArray)
        {
            GetLocalCorners(fourCornersArray);
            for (int i = 0; i < 4; i++)
            {
                fourCornersArray[i] = TransformPoint(fourCornersArray[i]);
            }
        }

        private static void Set(ref Vector2 field, Vector2 value, string member)
        {
            MainThread.Require(member);
            field = value;
        }

        private bool Driver(out Canvas canvas) =>
            gameObject.TryGetComponent(out canvas) && canvas.StubDrives;
    }
}
