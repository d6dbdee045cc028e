using UnityEngine;
using UnityEngine.UI;

namespace FrameBridge
{
    /// <summary>
    /// Shows a talk with a character, and says what the player types: Return or the button Say. Each part may be missing;
    /// the transcript is kept all the same. The prefab "FrameBridge Conversation" has all of them.
    /// </summary>
    [AddComponentMenu("FrameBridge/Conversation View")]
    [HelpURL("https://framebridge.example/unity/manual/npc-dialogue.html")]
    public sealed partial class ConversationView : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("The character.")]
        private NpcDialogue npc;

        [SerializeField]
        [Tooltip("What the player is called in the transcript.")]
        private string playerName = "You";

        [SerializeField]
        [Tooltip("What the character is called in the transcript. Empty: as its object.")]
        private string npcName = string.Empty;

        [SerializeField]
        [Range(200, 8000)]
        [Tooltip("Letters of the transcript that are kept, the newest.")]
        private int longestTranscript = 4000;

        [SerializeField]
        [Tooltip("Shows the character's state, and its problem while it has one.")]
        private Text stateText;

        [SerializeField]
        [Tooltip("Shows what was said so far.")]
        private Text transcriptText;

        [SerializeField]
        [Tooltip("Where the player types.")]
        private InputField input;

        [SerializeField]
        [Tooltip("Says what was typed.")]
        private Button sayButton;

        [SerializeField]
        [Tooltip("Cuts the reply off.")]
        private Button interruptButton;

        private string _said = string.Empty;
        private string _saying = string.Empty;
        private string _words = string.Empty;
        private string _problem = string.Empty; // as shown
        private NpcDialogue _heard;

        /// <summary>The character; null while there is none to talk to.</summary>
        public NpcDialogue Npc
        {
            get => npc;
            set
            {
                npc = value;
                if (isActiveAndEnabled)
                {
                    Follow(value);
                }
            }
        }

        /// <summary>Shows the character's state.</summary>
        public Text StateText
        {
            get => stateText;
            set => stateText = value;
        }

        /// <summary>Shows what was said so far.</summary>
        public Text TranscriptText
        {
            get => transcriptText;
            set => transcriptText = value;
        }

        /// <summary>Where the player types. Set it before the view is enabled.</summary>
        public InputField Input
        {
            get => input;
            set => input = value;
        }

        /// <summary>Says what was typed. Set it before the view is enabled.</summary>
        public Button SayButton
        {
            get => sayButton;
            set => sayButton = value;
        }

        /// <summary>Cuts the reply off. Set it before the view is enabled.</summary>
        public Button InterruptButton
        {
            get => interruptButton;
            set => interruptButton = value;
        }

        /// <summary>
        /// Why the character does not answer and what mends it, in one sentence; empty when all is well. The state shows it too.
        /// </summary>
        public string Problem => npc == null ? ProblemSentences.NobodyToTalkTo : npc.Problem;

        /// <summary>What was said so far, by both; the newest letters of it.</summary>
        public string Transcript => _said + _saying;

        /// <summary>What the player says next: what stands in the input field.</summary>
        public string Words
        {
            get => input == null ? _words : input.text;
            set
            {
                _words = value ?? string.Empty;
                if (input != null)
                {
                    input.text = _words;
                }
            }
        }

        /// <summary>The player says what stands in the input field. A reply under way is cut off.</summary>
        public void Say()
        {
            string words = Words;
            if (Say(words))
            {
                Words = string.Empty;
            }
        }

        /// <summary>The player says this. A reply under way is cut off. False when there is nothing to say or nobody to hear it.</summary>
        public bool Say(string words)
        {
            if (string.IsNullOrWhiteSpace(words) || npc == null || !npc.isActiveAndEnabled)
            {
                return false;
            }

            npc.Interrupt(); // writes the end of what it cuts off first
            Write(playerName + ": " + words);
            npc.Say(words);
            return true;
        }

        /// <summary>Cuts the reply off.</summary>
        public void Interrupt()
        {
            if (npc != null)
            {
                npc.Interrupt();
            }
        }

        private void OnEnable()
        {
            if (sayButton != null)
            {
                sayButton.onClick.AddListener(Say);
            }

            if (interruptButton != null)
            {
                interruptButton.onClick.AddListener(Interrupt);
            }

            if (input != null)
            {
                input.onSubmit.AddListener(Submit);
            }

            Follow(npc);
            Show();
        }

        private void Start() => NeedEventSystem();

        private void LateUpdate()
        {
            if (!ReferenceEquals(Problem, _problem)) // one string for as long as the cause stays
            {
                ShowState();
            }
        }

        private void OnDisable()
        {
            if (sayButton != null)
            {
                sayButton.onClick.RemoveListener(Say);
            }

            if (interruptButton != null)
            {
                interruptButton.onClick.RemoveListener(Interrupt);
            }

            if (input != null)
            {
                input.onSubmit.RemoveListener(Submit);
            }

            Follow(null);
        }
    }
}
