using System;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>
    /// Draws the boxes of a recognizer over the screen. With a view camera each box stays with what it names, also when the
    /// camera has moved since the picture was taken; without one it is drawn over the whole screen.
    /// </summary>
    [AddComponentMenu("FrameBridge/Recognition Overlay")]
    [HelpURL("https://framebridge.example/unity/manual/camera-recognizer.html")]
    [RequireComponent(typeof(CameraRecognizer))]
    public sealed class RecognitionOverlay : MonoBehaviour
    {
        private const int MaxBoxes = 100; // as many as a server gives

        [SerializeField]
        [Tooltip("The camera that looks at the scene now. None: boxes are drawn where they were in the picture.")]
        private Camera viewCamera;

        [SerializeField]
        [Min(0.01f)]
        [Tooltip("How far away things are taken to be, in metres, when the camera has moved.")]
        private float distance = 2f;

        [SerializeField]
        [Min(0f)]
        [Tooltip("Seconds after which boxes that no answer confirms are taken away.")]
        private float fadeSeconds = 0.5f;

        [SerializeField]
        [Min(1f)]
        [Tooltip("Width of the lines in pixels.")]
        private float lineWidth = 2f;

        [SerializeField]
        [Tooltip("Colour of lines and names.")]
        private Color color = Color.green;

        private readonly Detection[] _boxes = new Detection[MaxBoxes];
        private CameraRecognizer _recognizer;
        private CapturePose _pose;
        private bool _posed;
        private Vector2 _size;
        private int _count;
        private double _heardAt;

        /// <summary>The camera that looks at the scene now; null draws boxes where they were in the picture.</summary>
        public Camera ViewCamera
        {
            get => viewCamera;
            set => viewCamera = value;
        }

        /// <summary>Why the recognizer gives no answer and what mends it, in one sentence; empty when all is well.</summary>
        public string Problem => _recognizer == null ? string.Empty : _recognizer.Problem;

        /// <summary>How far away things are taken to be, in metres.</summary>
        public float Distance
        {
            get => distance;
            set => distance = Mathf.Max(0.01f, value);
        }

        /// <summary>
        /// Where a box is on the screen just now, in pixels from the top left corner. False when it lies behind the camera.
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
        }

        private void Keep(RecognitionResult result)
        {
            if (result.Kind != RecognitionKind.Detect)
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

        private void OnGUI()
        {
            if (Event.current.type != EventType.Repaint || Time.unscaledTimeAsDouble - _heardAt > fadeSeconds)
            {
                return;
            }

            Color before = GUI.color;
            GUI.color = color;
            for (int i = 0; i < _count; i++)
            {
                if (TryPlace(_boxes[i], out Rect place))
                {
                    Draw(place, _boxes[i].Label);
                }
            }

            GUI.color = before;
        }

        private void Draw(Rect place, string label)
        {
            Texture2D white = Texture2D.whiteTexture;
            GUI.DrawTexture(new Rect(place.x, place.y, place.width, lineWidth), white);
            GUI.DrawTexture(new Rect(place.x, place.yMax - lineWidth, place.width, lineWidth), white);
            GUI.DrawTexture(new Rect(place.x, place.y, lineWidth, place.height), white);
            GUI.DrawTexture(new Rect(place.xMax - lineWidth, place.y, lineWidth, place.height), white);
            GUI.Label(new Rect(place.x + 4f, place.y + 2f, 200f, 24f), label);
        }
    }
}
