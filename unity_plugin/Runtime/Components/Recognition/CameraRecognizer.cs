using System;
using UnityEngine;
using UnityEngine.Events;
using UnityEngine.Serialization;

namespace FrameBridge
{
    /// <summary>
    /// Says what a camera sees. Pictures are turned upright and made small on the GPU, read back without waiting, and dropped
    /// when the way is busy; names and boxes come back with the pose at which the picture was taken. Main thread only;
    /// nothing blocks.
    /// </summary>
    [AddComponentMenu("FrameBridge/Camera Recognizer")]
    [HelpURL("https://framebridge.example/unity/manual/camera-recognizer.html")]
    public sealed partial class CameraRecognizer : MonoBehaviour, IBridgeStep
    {
        [SerializeField]
        [Tooltip("The connection. None: the one that was enabled first.")]
        private BridgeConnection connection;

        [Header("Pictures")]
        [SerializeField]
        [Tooltip("Where the pictures come from.")]
        private CameraSource source = CameraSource.WebCam;

        [SerializeField]
        [Tooltip("The device's camera by its name. Empty: the first one.")]
        private string webCamName = string.Empty;

        [SerializeField]
        [Tooltip("Let the picture come out as in a mirror, as front cameras show it.")]
        private bool mirror;

        [SerializeField]
        [Tooltip("The scene's camera whose pictures are taken, and whose pose they have. None: the main camera, for the pose.")]
        private Camera sceneCamera;

        [SerializeField]
        [Tooltip("The texture whose content is looked at.")]
        private Texture texture;

        [SerializeField]
        [Range(16, 2048)]
        [Tooltip("Longer side of the pictures that are sent, in pixels. The detector looks at 416.")]
        private int longestSide = 416;

        [SerializeField]
        [Range(0.1f, 60f)]
        [Tooltip("Most pictures a second. Fewer are sent when the way or the server is busy.")]
        private float picturesPerSecond = 10f;

        [SerializeField]
        [Range(0f, 180f)]
        [Tooltip("How much the pictures show from bottom to top, in degrees. 0: what the scene's camera shows.")]
        private float fieldOfView;

        [SerializeField]
        [FormerlySerializedAs("topRowFirst")]
        [Tooltip("How the picture lies. Bottom First fits every source that Unity draws; Screen a texture from ScreenCapture.")]
        private PictureRows rows = PictureRows.BottomFirst;

        [Header("What to look for")]
        [SerializeField]
        [Tooltip("Which objects are where.")]
        private bool detect = true;

        [SerializeField]
        [Min(0f)]
        [Tooltip("Seconds that boxes may take to be of use. 0: the server's default.")]
        private float detectSeconds = 0.15f;

        [SerializeField]
        [Tooltip("What the picture shows as a whole.")]
        private bool classify;

        [SerializeField]
        [Min(0f)]
        [Tooltip("Seconds that a name for the picture may take to be of use. 0: the server's default.")]
        private float classifySeconds = 0.066f;

        [SerializeField]
        [Range(0f, 1f)]
        [Tooltip("Answers below this score are left out. 0: the server's default.")]
        private float scoreThreshold;

        [SerializeField]
        [Range(0, 100)]
        [Tooltip("The most answers for each picture. 0: the server's default.")]
        private int maxResults;

        [SerializeField]
        [Tooltip("Told the best name for the picture, or of the best box, each time it changes.")]
        private UnityEvent<string> onLabel = new UnityEvent<string>();

        /// <summary>
        /// Raised for each answer, on the main thread. The object is used again: take out of it what you need. Late and
        /// refused tasks are not told; see <see cref="BridgeClient.Statistics"/>.
        /// </summary>
        public event Action<RecognitionResult> Recognized;

        /// <summary>The connection in use: the one that was set, or the one that was enabled first. May be null.</summary>
        public BridgeConnection Connection
        {
            get => BridgeConnection.InUse(connection);
            set => connection = value;
        }

        /// <summary>Told the best name for the picture, or of the best box, each time it changes.</summary>
        public UnityEvent<string> OnLabel => onLabel;

        /// <summary>The best name that was told last; empty when nothing is seen.</summary>
        public string Label { get; private set; } = string.Empty;

        /// <summary>Pictures that were sent since this component was made.</summary>
        public long SentCount { get; private set; }

        /// <summary>Pictures that were due and dropped, since all buffers were busy.</summary>
        public long DroppedCount { get; private set; }

        bool IBridgeStep.IsFirst => false;
    }
}
