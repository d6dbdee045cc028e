using System;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>
    /// Places markers in the world at recognised objects, by the pose at which the picture was taken: they stay with
    /// the objects while the camera moves. Distance is not measured: set <see cref="Distance"/>, or cast the ray of
    /// <see cref="CapturePose.RayAt"/>.
    /// </summary>
    [AddComponentMenu("FrameBridge/Recognition Anchors")]
    [HelpURL("https://framebridge.example/unity/manual/camera-recognizer.html")]
    [RequireComponent(typeof(CameraRecognizer))]
    public sealed class RecognitionAnchors : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("Markers, best box first. Those without a box are switched off.")]
        private Transform[] markers = Array.Empty<Transform>();

        [SerializeField]
        [Min(0.01f)]
        [Tooltip("Assumed distance of objects from the camera in metres.")]
        private float distance = 2f;

        private CameraRecognizer _recognizer;

        /// <summary>Markers, best box first; those without a box are switched off.</summary>
        public Transform[] Markers
        {
            get => markers;
            set => markers = value ?? Array.Empty<Transform>();
        }

        /// <summary>Why the recognizer gives no answer and how to fix it, in one sentence; empty when all is well.</summary>
        public string Problem => _recognizer == null ? string.Empty : _recognizer.Problem;

        /// <summary>Assumed distance of objects from the camera in metres.</summary>
        public float Distance
        {
            get => distance;
            set => distance = Mathf.Max(0.01f, value);
        }

        private void OnEnable()
        {
            _recognizer = GetComponent<CameraRecognizer>();
            _recognizer.Recognized += Place;
        }

        private void OnDisable() => _recognizer.Recognized -= Place;

        private void Place(RecognitionResult result)
        {
            bool hasBoxes = result.Kind == RecognitionKind.Detect || result.Kind == RecognitionKind.Track;
            if (!hasBoxes || !CapturePose.TryRead(result.Pose, out CapturePose pose))
            {
                return;
            }

            ReadOnlySpan<Detection> boxes = result.Detections;
            for (int i = 0; i < markers.Length; i++)
            {
                if (markers[i] == null)
                {
                    continue;
                }

                bool used = i < boxes.Length && result.SourceWidth > 0 && result.SourceHeight > 0;
                markers[i].gameObject.SetActive(used);
                if (used)
                {
                    float x = (boxes[i].X + (boxes[i].Width / 2f)) / result.SourceWidth;
                    float y = (boxes[i].Y + (boxes[i].Height / 2f)) / result.SourceHeight;
                    markers[i].SetPositionAndRotation(pose.PointAt(x, y, distance), pose.Rotation);
                }
            }
        }
    }
}
