using System;
using UnityEngine;
using UnityEngine.Events;

namespace FrameBridge
{
    /// <summary>
    /// Runs a model that the server's operator has brought: a texture or tensors set from code go up, tensors come back
    /// within the budget. Textures are scaled on the GPU and read back asynchronously, and dropped when the link is busy.
    /// An output may be shown as a texture. Main thread only; nothing blocks, and no frame allocates.
    /// </summary>
    [AddComponentMenu("FrameBridge/Model Runner")]
    [HelpURL("https://framebridge.example/unity/manual/model-runner.html")]
    public sealed partial class ModelRunner : MonoBehaviour, IBridgeStep
    {
        [SerializeField]
        [Tooltip("The connection. None: the first one enabled.")]
        private BridgeConnection connection;

        [Header("Model")]
        [SerializeField]
        [Tooltip("The model's name on the server.")]
        private string model = string.Empty;

        [SerializeField]
        [Min(0f)]
        [Tooltip("The budget of a result in seconds. 0: the model's default on the server.")]
        private float budgetSeconds;

        [SerializeField]
        [Tooltip("Best Only: no repeated result in place of one that cannot be on time.")]
        private LadderPolicy ladder = LadderPolicy.Any;

        [SerializeField]
        [Tooltip("Only the newest result matters: a run replaces an older one that has not started. Off: each run ends in one result.")]
        private bool latestOnly = true;

        [SerializeField]
        [Range(0f, 60f)]
        [Tooltip("Maximum runs a second. Fewer when the link or the server is busy. 0: only when TryRun is called.")]
        private float runsPerSecond = 10f;

        [Header("Input")]
        [SerializeField]
        [Tooltip("The texture to send. None: only what code sets with SetInput.")]
        private Texture picture;

        [SerializeField]
        [Tooltip("The model's input that takes the texture.")]
        private string inputName = "image";

        [SerializeField]
        [Tooltip("How the model takes it: Float32 Chw is [3, height, width] from 0 to 1, UInt8 Hwc is [height, width, 3].")]
        private TensorLayout inputLayout = TensorLayout.Float32Chw;

        [SerializeField]
        [Range(1, 4096)]
        [Tooltip("Width of the sent picture in pixels.")]
        private int width = 256;

        [SerializeField]
        [Range(1, 4096)]
        [Tooltip("Height of the sent picture in pixels.")]
        private int height = 256;

        [SerializeField]
        [Tooltip("Order of the texture's rows. Bottom First fits every source that Unity draws; Screen fits a texture from ScreenCapture.")]
        private PictureRows rows = PictureRows.BottomFirst;

        [Header("Output")]
        [SerializeField]
        [Tooltip("The model's output to show as a texture: float32 [1, 3 or 4, height, width] from 0 to 1, or uint8 [height, width, 1, 3 or 4]. Empty: none.")]
        private string outputName = string.Empty;

        [SerializeField]
        [Tooltip("Called with each new texture of the output, on the main thread: the first one, and after a change of size.")]
        private UnityEvent<Texture> onTextureChanged = new UnityEvent<Texture>();

        /// <summary>
        /// Raised for each answer, on the main thread. The object is reused: copy what you need. Not raised for runs
        /// without an answer in time; see <see cref="Unanswered"/>.
        /// </summary>
        public event Action<InferenceResult> Answered;

        /// <summary>
        /// Raised for each run that ends without an answer in time, on the main thread, with the reason. With only the
        /// newest result wanted, not for every run.
        /// </summary>
        public event Action<InferenceResult> Unanswered;

        /// <summary>The connection in use: the one set, or the first one enabled. May be null.</summary>
        public BridgeConnection Connection
        {
            get => BridgeConnection.InUse(connection);
            set => connection = value;
        }

        /// <summary>Called with each new texture of the output, on the main thread.</summary>
        public UnityEvent<Texture> OnTextureChanged => onTextureChanged;

        /// <summary>
        /// The output as a texture; null until there is one. Owned by this component: do not destroy it.
        /// </summary>
        public Texture2D Texture => _output.Texture;

        /// <summary>The number of runs sent by this component.</summary>
        public long SentCount { get; private set; }

        /// <summary>Runs that were due but dropped because all buffers were busy.</summary>
        public long DroppedCount { get; private set; }

        /// <summary>The number of answers received in time.</summary>
        public long AnswerCount { get; private set; }

        bool IBridgeStep.IsFirst => false;
    }
}
