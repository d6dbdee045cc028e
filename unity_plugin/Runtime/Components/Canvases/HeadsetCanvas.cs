using UnityEngine;

namespace FrameBridge
{
    /// <summary>
    /// Shows a canvas over the screen, or in the world in front of the camera while a headset is active, as a headset
    /// does not show canvases over the screen.
    /// </summary>
    [AddComponentMenu("FrameBridge/Headset Canvas")]
    [HelpURL("https://framebridge.example/unity/manual/hud.html")]
    [RequireComponent(typeof(Canvas))]
    [DisallowMultipleComponent]
    public sealed class HeadsetCanvas : MonoBehaviour
    {
        private const float Columns = 960f; // units of a canvas in the world
        private const float Rows = 540f;

        [SerializeField]
        [Tooltip("Auto: in the world while a headset is active, else over the screen.")]
        private CanvasPlace place = CanvasPlace.Auto;

        [SerializeField]
        [Tooltip("In the world: the camera that looks at it. None: the main camera.")]
        private Camera viewCamera;

        [SerializeField]
        [Min(0.1f)]
        [Tooltip("In the world: metres in front of the camera.")]
        private float distance = 1.5f;

        [SerializeField]
        [Min(0.01f)]
        [Tooltip("In the world: width in metres.")]
        private float width = 1.2f;

        [SerializeField]
        [Tooltip("In the world: follow the camera. Off: placed once.")]
        private bool follow = true;

        private Canvas _canvas;
        private bool _inWorld;
        private bool _placed;

        /// <summary>Where it is shown.</summary>
        public CanvasPlace Place
        {
            get => place;
            set => place = value;
        }

        /// <summary>The camera that looks at it; null means the main camera.</summary>
        public Camera ViewCamera
        {
            get => viewCamera;
            set => viewCamera = value;
        }

        /// <summary>Metres in front of the camera.</summary>
        public float Distance
        {
            get => distance;
            set => distance = Mathf.Max(0.1f, value);
        }

        /// <summary>Width in metres.</summary>
        public float Width
        {
            get => width;
            set => width = Mathf.Max(0.01f, value);
        }

        /// <summary>Whether it follows the camera; if not, it is placed once.</summary>
        public bool Follow
        {
            get => follow;
            set => follow = value;
        }

        private void OnEnable()
        {
            _canvas = GetComponent<Canvas>();
            Show(Headset.Wants(place));
            Application.onBeforeRender += Move; // a headset's pose is newest just before rendering
        }

        private void OnDisable() => Application.onBeforeRender -= Move;

        private void LateUpdate()
        {
            bool inWorld = Headset.Wants(place);
            if (inWorld != _inWorld)
            {
                Show(inWorld);
            }

            Move();
        }

        private void Show(bool inWorld)
        {
            _inWorld = inWorld;
            _placed = false;
            _canvas.renderMode = inWorld ? RenderMode.WorldSpace : RenderMode.ScreenSpaceOverlay;
            if (inWorld)
            {
                var rectangle = (RectTransform)transform;
                rectangle.pivot = new Vector2(0.5f, 0.5f);
                rectangle.sizeDelta = new Vector2(Columns, Rows);
                Move();
            }
        }

        private void Move()
        {
            if (!_inWorld || (_placed && !follow))
            {
                return;
            }

            Camera eye = viewCamera == null ? Camera.main : viewCamera;
            if (eye == null)
            {
                return;
            }

            _placed = true;
            float unit = width / Columns;
            Transform from = eye.transform;
            transform.localScale = new Vector3(unit, unit, unit);
            transform.SetPositionAndRotation(from.position + (from.forward * distance), from.rotation);
        }
    }
}
