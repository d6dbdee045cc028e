using System;
using UnityEngine.Stub;

namespace UnityEngine
{
    /// <summary>What uGUI draws on. A root canvas on the screen has the screen's size; one in the world has its own.</summary>
    [RequireComponent(typeof(RectTransform))]
    public sealed class Canvas : Behaviour
    {
        private RenderMode m_RenderMode = RenderMode.WorldSpace; // a script has to set it
        private Camera m_Camera;
        private float m_PlaneDistance = 100f;
        private bool m_PixelPerfect;
        private bool m_OverrideSorting;
        private int m_AdditionalShaderChannelsFlag;
        private int m_SortingLayerID;
        private int m_SortingOrder;
        private int m_TargetDisplay;

        public static event Action willRenderCanvases;

        public RenderMode renderMode
        {
            get => m_RenderMode;
            set
            {
                MainThread.Require("set_renderMode");
                m_RenderMode = value;
            }
        }

        public Camera worldCamera
        {
            get => m_Camera;
            set => m_Camera = value;
        }

        public float planeDistance
        {
            get => m_PlaneDistance;
            set => m_PlaneDistance = value;
        }

        public bool pixelPerfect
        {
            get => m_PixelPerfect;
            set => m_PixelPerfect = value;
        }

        public bool overrideSorting
        {
            get => m_OverrideSorting;
            set => m_OverrideSorting = value;
        }

        public AdditionalCanvasShaderChannels additionalShaderChannels
        {
            get => (AdditionalCanvasShaderChannels)m_AdditionalShaderChannelsFlag;
            set => m_AdditionalShaderChannelsFlag = (int)value;
        }

        public int sortingLayerID
        {
            get => m_SortingLayerID;
            set => m_SortingLayerID = value;
        }

        public int sortingOrder
        {
            get => m_SortingOrder;
            set => m_SortingOrder = value;
        }

        public int targetDisplay
        {
            get => m_TargetDisplay;
            set => m_TargetDisplay = value;
        }

        /// <summary>Pixels of a unit; a CanvasScaler sets it.</summary>
        public float scaleFactor { get; set; } = 1f;

        public float referencePixelsPerUnit { get; set; } = 100f;

        public bool isRootCanvas => transform.parent == null || transform.parent.GetComponentInParent<Canvas>() == null;

        public Canvas rootCanvas => isRootCanvas ? this : transform.parent.GetComponentInParent<Canvas>().rootCanvas;

        public Rect pixelRect => new Rect(0f, 0f, Screen.width, Screen.height);

        /// <summary>Whether a headset shows it: not if it is over the screen.</summary>
        public bool StubShowsInHeadset => rootCanvas.m_RenderMode != RenderMode.ScreenSpaceOverlay;

        internal bool StubDrives => m_RenderMode != RenderMode.WorldSpace && isRootCanvas;

        internal Vector2 StubSize => new Vector2(Screen.width / scaleFactor, Screen.height / scaleFactor);

        internal Vector3 StubPosition => OnPlane
            ? m_Camera.transform.position + (m_Camera.transform.forward * m_PlaneDistance)
            : new Vector3(Screen.width / 2f, Screen.height / 2f, 0f);

        internal Quaternion StubRotation => OnPlane ? m_Camera.transform.rotation : Quaternion.identity;

        internal Vector3 StubScale => Vector3.one * (OnPlane ? PlaneHeight / StubSize.y : scaleFactor);

        private bool OnPlane => m_RenderMode == RenderMode.ScreenSpaceCamera && m_Camera != null;

        private float PlaneHeight => 2f * m_PlaneDistance * Mathf.Tan(m_Camera.fieldOfView * 0.5f * Mathf.Deg2Rad);

        public static void ForceUpdateCanvases() => willRenderCanvases?.Invoke();

        internal static void StubDraw()
        {
            if (willRenderCanvases != null)
            {
                Behaviours.Guarded(willRenderCanvases);
            }
        }

        internal static void StubReset() => willRenderCanvases = null;
    }
}
