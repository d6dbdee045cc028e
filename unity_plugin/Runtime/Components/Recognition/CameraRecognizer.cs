using System;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.Serialization;

namespace FrameBridge
{
    /// <summary>
    /// Recognises what a camera sees. Pictures are turned upright and scaled down on the GPU, read back asynchronously,
    /// and dropped when the link is busy; names and boxes come back with the pose at which the picture was taken. Main
    /// thread only; nothing blocks.
    /// </summary>
    [AddComponentMenu("FrameBridge/Camera Recognizer")]
    [HelpURL("https://framebridge.example/unity/manual/camera-recognizer.html")]
    public sealed partial class CameraRecognizer : MonoBehaviour, IBridgeStep
    {
        [SerializeField]
        [Tooltip("The connection. None: the first one enabled.")]
        private BridgeConnection connection;

        [Header("Pictures")]
        [SerializeField]
        [Tooltip("The source of the pictures.")]
        private CameraSource source = CameraSource.WebCam;

        [SerializeField]
        [Tooltip("The name of the device's camera. Empty: the first one.")]
        private string webCamName = string.Empty;

        [SerializeField]
        [Tooltip("Mirror the picture, as front cameras show it.")]
        private bool mirror;

        [SerializeField]
        [Tooltip("The scene's camera: its pictures, and its pose for all sources. None: the main camera's pose.")]
        private Camera sceneCamera;

        [SerializeField]
        [Tooltip("The texture to analyse.")]
        private Texture texture;

        [SerializeField]
        [Range(16, 2048)]
        [Tooltip("Longer side of the sent pictures in pixels. The detector uses 416.")]
        private int longestSide = 416;

        [SerializeField]
        [Range(0.1f, 60f)]
        [Tooltip("Maximum pictures a second. Fewer are sent when the link or the server is busy.")]
        private float picturesPerSecond = 10f;

        [SerializeField]
        [Range(0f, 180f)]
        [Tooltip("Vertical field of view of the pictures in degrees. 0: that of the scene's camera.")]
        private float fieldOfView;

        [SerializeField]
        [FormerlySerializedAs("topRowFirst")]
        [Tooltip("Order of the picture's rows. Bottom First fits every source that Unity draws; Screen fits a texture from ScreenCapture.")]
        private PictureRows rows = PictureRows.BottomFirst;

        [Header("What to look for")]
        [SerializeField]
        [Tooltip("Detect objects, with boxes.")]
        private bool detect = true;

        [SerializeField]
        [Min(0f)]
        [Tooltip("The budget of boxes in seconds. 0: the server's default.")]
        private float detectSeconds = 0.15f;

        [SerializeField]
        [Tooltip("Follow the detected objects: boxes have an id and a velocity, and go on for a second while an object is hidden.")]
        private bool track;

        [SerializeField]
        [Tooltip("Follow by colours too: an object that comes back within 20 seconds has its old id, wherever it appears.")]
        private bool byAppearance;

        [SerializeField]
        [Tooltip("Classify the whole picture.")]
        private bool classify;

        [SerializeField]
        [Min(0f)]
        [Tooltip("The budget of the picture's class in seconds. 0: the server's default.")]
        private float classifySeconds = 0.066f;

        [SerializeField]
        [Tooltip("Find faces: boxes, six points each, and how the head is turned. The server loads this model on request.")]
        private bool faces;

        [SerializeField]
        [Tooltip("Fit 468 points to one face, or to as many as Max Results says, up to four. The server loads this model on request.")]
        private bool faceMesh;

        [SerializeField]
        [Tooltip("Mask the people in the picture. The server loads this model on request.")]
        private bool people;

        [SerializeField]
        [Min(0f)]
        [Tooltip("The budget of faces, meshes and masks in seconds. 0: the server's default.")]
        private float peopleSeconds = 0.1f;

        [SerializeField]
        [Range(0f, 1f)]
        [Tooltip("Answers below this score are left out. 0: the server's default.")]
        private float scoreThreshold;

        [SerializeField]
        [Range(0, 100)]
        [Tooltip("The maximum number of answers per picture. 0: the server's default.")]
        private int maxResults;

        [SerializeField]
        [Tooltip("Called with the best name for the picture, or of the best box, each time it changes.")]
        private UnityEvent<string> onLabel = new UnityEvent<string>();

        /// <summary>
        /// Raised for each answer, on the main thread. The object is reused: copy what you need. Not raised for late
        /// and refused tasks; see <see cref="BridgeClient.Statistics"/>.
        /// </summary>
        public event Action<RecognitionResult> Recognized;

        /// <summary>The connection in use: the one set, or the first one enabled. May be null.</summary>
        public BridgeConnection Connection
        {
            get => BridgeConnection.InUse(connection);
            set => connection = value;
        }

        /// <summary>Called with the best name for the picture, or of the best box, each time it changes.</summary>
        public UnityEvent<string> OnLabel => onLabel;

        /// <summary>The last best name; empty if nothing is recognised.</summary>
        public string Label { get; private set; } = string.Empty;

        /// <summary>The number of pictures sent by this component.</summary>
        public long SentCount { get; private set; }

        /// <summary>Pictures that were due but dropped because all buffers were busy.</summary>
        public long DroppedCount { get; private set; }

        bool IBridgeStep.IsFirst => false;
    }
}
