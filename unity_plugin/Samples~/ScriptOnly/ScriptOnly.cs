using System.IO;
using System.Threading;
using System.Threading.Tasks;
using UnityEngine;
using UnityEngine.UI;

namespace FrameBridge.Samples
{
    /// <summary>
    /// An avatar and a conversation without the package's components, on the client's API. The client may be used on
    /// any thread; Unity objects are used here, on the main thread.
    /// </summary>
    public sealed class ScriptOnly : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("The server.")]
        private string address = "127.0.0.1:50051";

        [SerializeField]
        [Tooltip("A recording to play in place of the server.")]
        private TextAsset recording;

        [SerializeField]
        [Tooltip("Shows the avatar's picture.")]
        private RawImage pictureView;

        [SerializeField]
        [Tooltip("Shows what the character has said.")]
        private Text storyText;

        private readonly CancellationTokenSource _leaving = new CancellationTokenSource();
        private BridgeClient _client;
        private AvatarSlot _avatar;
        private Texture2D _picture;
        private string _story = string.Empty;

        /// <summary>A recording to play in place of the server. Set it before Awake.</summary>
        public TextAsset Recording
        {
            get => recording;
            set => recording = value;
        }

        /// <summary>The server. Set it before Awake.</summary>
        public string Address
        {
            get => address;
            set => address = value;
        }

        /// <summary>Records the traffic for a later replay; null for none. Set it before Awake.</summary>
        public Recorder Recorder { get; set; }

        /// <summary>Shows the avatar's picture; may be null.</summary>
        public RawImage PictureView
        {
            get => pictureView;
            set => pictureView = value;
        }

        /// <summary>Shows what the character has said; may be null.</summary>
        public Text StoryText
        {
            get => storyText;
            set => storyText = value;
        }

        /// <summary>The avatar's picture; null until the first frame.</summary>
        public Texture2D Picture => _picture;

        /// <summary>What the character has said.</summary>
        public string Story => _story;

        private async void Start()
        {
            try
            {
                _client = new BridgeClient(Options());
                await _client.ConnectAsync(_leaving.Token);
                ShowAvatar();
                await Talk();
            }
            catch (BridgeException error)
            {
                Tell(error.Message); // says what is wrong and how to fix it
            }
            catch (System.OperationCanceledException)
            {
                // The scene was left.
            }
        }

        private BridgeOptions Options()
        {
            var options = new BridgeOptions { Address = address, ClientName = "script-only", Recorder = Recorder };
            if (recording != null)
            {
                byte[] bytes = recording.bytes;
                options.Transport = _ => new ReplayTransport(new MemoryStream(bytes, false), 1, true);
            }

            return options;
        }

        private void ShowAvatar()
        {
            _avatar = _client.Avatars.OpenSlot();
            _avatar.SetLook(new AvatarLook(7, null, "happy"));
            _avatar.Subscribe(10f, 0.1);
        }

        private async Task Talk()
        {
            Conversation conversation = _client.Dialogue.Open("storyteller");
            conversation.Persona = "You are an old storyteller. You answer in two short sentences.";
            Turn turn = conversation.Say("Tell me about the sea.", 5);
            await foreach (TurnEvent heard in turn.EventsAsync(_leaving.Token))
            {
                if (heard.Kind == TurnEventKind.Token)
                {
                    Tell(_story + heard.Text);
                }
                else if (heard.Kind == TurnEventKind.Done && heard.Result.Finish == TurnFinish.Failed)
                {
                    Tell(_story + heard.Result.Outcome.Message);
                }
            }
        }

        private void Tell(string story)
        {
            _story = story;
            if (storyText != null)
            {
                storyText.text = story;
            }
        }

        private void Update()
        {
            if (_avatar == null || !_avatar.TryTakeNewest(out TextureFrame frame))
            {
                return;
            }

            if (_picture == null || _picture.width != frame.Width || _picture.height != frame.Height)
            {
                Destroy(_picture);
                _picture = new Texture2D(frame.Width, frame.Height, TextureFormat.RGBA32, false); // sRGB, in gamma projects too
                if (pictureView != null)
                {
                    pictureView.texture = _picture;
                }
            }

            frame.Bytes.CopyTo(_picture.GetRawTextureData<byte>().AsSpan());
            _picture.Apply(false, false);
        }

        private void OnDestroy()
        {
            _leaving.Cancel();
            _client?.Close();
            Destroy(_picture);
        }
    }
}
