using System;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>
    /// Draws the boxes of a recognizer: over the screen, or in the world for a headset. With a view camera each box
    /// stays with its object, even if the camera has moved since the picture was taken; without one the picture is
    /// assumed to fill the view.
    /// </summary>
    [AddComponentMenu("FrameBridge/Recognition Overlay")]
    [HelpURL("https://framebridge.example/unity/manual/camera-recognizer.html")]
    [RequireComponent(typeof(CameraRecognizer))]
    public sealed class RecognitionOverlay : MonoBehaviour
    {
        private const int MaxBoxes = 100; // the server's maximum
        private const float ScreenRows = 1080f;

        [SerializeField]
        [Tooltip("The camera that renders the scene. None: boxes are drawn where they were in the picture.")]
        private Camera viewCamera;

        [SerializeField]
        [Tooltip("Auto: boxes are in the world while a headset is active, else over the screen.")]
        private CanvasPlace display = CanvasPlace.Auto;

        [SerializeField]
        [Min(0.01f)]
        [Tooltip("Assumed distance of objects in metres.")]
        private float distance = 2f;

        [SerializeField]
        [Min(0f)]
        [Tooltip("Seconds after which boxes without a new answer are removed.")]
        private float fadeSeconds = 0.5f;

        [SerializeField]
        [Min(1f)]
        [Tooltip("Line width in pixels; in the world as on a screen of 1080 rows.")]
        private float lineWidth = 2f;

        [SerializeField]
        [Tooltip("Colour of lines and names.")]
        private Color color = Color.green;

        private readonly Detection[] _boxes = new Detection[MaxBoxes];
        private readonly OverlayCanvas _canvas = new OverlayCanvas();
        private CameraRecognizer _recognizer;
        private CapturePose _pose;
        private bool _posed;
        private Vector2 _size;
        private int _count;
        private double _heardAt;

        /// <summary>The camera that renders the scene; null draws boxes where they were in the picture.</summary>
        public Camera ViewCamera
        {
            get => viewCamera;
            set => viewCamera = value;
        }

        /// <summary>Where boxes are drawn.</summary>
        public CanvasPlace Display
        {
            get => display;
            set => display = value;
        }

        /// <summary>Why the recognizer gives no answer and how to fix it, in one sentence; empty when all is well.</summary>
        public string Problem => _recognizer == null ? string.Empty : _recognizer.Problem;

        /// <summary>Assumed distance of objects in metres.</summary>
        public float Distance
        {
            get => distance;
            set => distance = Mathf.Max(0.01f, value);
        }

        /// <summary>
        /// A box's rectangle on the screen, in pixels from the top left corner. False if it is behind the camera.
        /// </summary>
        public bool TryPlace(in Detection box, out Rect place)
        {
            float left = box.X / _size.x;
            float top = box.Y / _size.y;
            float right = (box.X + box.Width) / _size.x;
            float bottom = (box.Y + box.Height) / _size.y;
            if (_posed && viewCamera != null)
            {
                return TryReproject(left, top, right, bottom, out place);
            }

            place = Rect.MinMaxRect(
                left * Screen.width, top * Screen.height, right * Screen.width, bottom * Screen.height);
            return true;
        }

        private void OnEnable()
        {
            _recognizer = GetComponent<CameraRecognizer>();
            _recognizer.Recognized += Keep;
        }

        private void OnDisable()
        {
            _recognizer.Recognized -= Keep;
            _count = 0;
            _canvas.Destroy();
        }

        private void Keep(RecognitionResult result)
        {
            if (result.Kind != RecognitionKind.Detect && result.Kind != RecognitionKind.Track)
            {
                return;
            }

            ReadOnlySpan<Detection> boxes = result.Detections;
            _count = Math.Min(boxes.Length, MaxBoxes);
            boxes.Slice(0, _count).CopyTo(_boxes);
            _size = new Vector2(Mathf.Max(1, result.SourceWidth), Mathf.Max(1, result.SourceHeight));
            _posed = CapturePose.TryRead(result.Pose, out _pose);
            _heardAt = Time.unscaledTimeAsDouble;
        }

        private bool TryReproject(float left, float top, float right, float bottom, out Rect place)
        {
            place = default;
            Vector3 one = viewCamera.WorldToViewportPoint(_pose.PointAt(left, top, distance));
            Vector3 two = viewCamera.WorldToViewportPoint(_pose.PointAt(right, bottom, distance));
            if (one.z <= 0f || two.z <= 0f)
            {
                return false;
            }

            place = Rect.MinMaxRect(
                Mathf.Min(one.x, two.x) * Screen.width,
                (1f - Mathf.Max(one.y, two.y)) * Screen.height,
                Mathf.Max(one.x, two.x) * Screen.width,
                (1f - Mathf.Min(one.y, two.y)) * Screen.height);
            return true;
        }

        private void LateUpdate()
        {
            if (_count == 0 || Time.unscaledTimeAsDouble - _heardAt > fadeSeconds)
            {
                _canvas.Hide();
                return;
            }

            bool inWorld = Headset.Wants(display);
            Camera eye = viewCamera != null || !inWorld ? viewCamera : Camera.main;
            _canvas.Begin(inWorld, color, lineWidth);
            for (int i = 0; i < _count; i++)
            {
                if (!inWorld && TryPlace(_boxes[i], out Rect place))
                {
                    _canvas.Put(_boxes[i].Label, place);
                }
                else if (inWorld && eye != null && TryPlaceInWorld(_boxes[i], eye, out BoxInWorld box))
                {
                    _canvas.Put(_boxes[i].Label, box);
                }
            }

            _canvas.End();
        }

        /// <summary>A box in the world, facing the camera. False if it is behind it.</summary>
        private bool TryPlaceInWorld(in Detection box, Camera eye, out BoxInWorld place)
        {
            float x = box.X / _size.x;
            float y = box.Y / _size.y;
            float width = box.Width / _size.x;
            float height = box.Height / _size.y;
            Vector3 corner = InWorld(x, y, eye);
            place = new BoxInWorld
            {
                Centre = InWorld(x + (width / 2f), y + (height / 2f), eye),
                Turn = eye.transform.rotation,
                Width = Vector3.Distance(corner, InWorld(x + width, y, eye)),
                Height = Vector3.Distance(corner, InWorld(x, y + height, eye)),
                Pixel = 2f * distance * Mathf.Tan(eye.fieldOfView * 0.5f * Mathf.Deg2Rad) / ScreenRows,
            };
            return eye.WorldToViewportPoint(place.Centre).z > 0f;
        }

        private Vector3 InWorld(float x, float y, Camera eye) => _posed && viewCamera != null
            ? _pose.PointAt(x, y, distance)
            : eye.ViewportToWorldPoint(new Vector3(x, 1f - y, distance));
    }
}
