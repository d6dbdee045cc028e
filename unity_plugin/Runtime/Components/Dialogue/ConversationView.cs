using System;
using UnityEngine;
using UnityEngine.UI;

namespace FrameBridge
{
    /// <summary>
    /// Shows a conversation with a character, and sends what the player types on Return or the Say button. Each part is
    /// optional; the transcript is kept in any case. The prefab "FrameBridge Conversation" has all of them.
    /// </summary>
    [AddComponentMenu("FrameBridge/Conversation View")]
    [HelpURL("https://framebridge.example/unity/manual/npc-dialogue.html")]
    public sealed partial class ConversationView : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("The character.")]
        private NpcDialogue npc;

        [SerializeField]
        [Tooltip("The player's name in the transcript.")]
        private string playerName = "You";

        [SerializeField]
        [Tooltip("The character's name in the transcript. Empty: its object's name.")]
        private string npcName = string.Empty;

        [SerializeField]
        [Range(200, 8000)]
        [Tooltip("Length of the transcript in letters; the newest are kept.")]
        private int longestTranscript = 4000;

        [SerializeField]
        [Min(0f)]
        [Tooltip("Letters of a reply that are shown a second, in whole words. The character keeps only what was shown when the player cuts in. 0: as it arrives.")]
        private float lettersPerSecond;

        [SerializeField]
        [Tooltip("Shows under a reply what each sentence rests on, if the NPC Dialogue wants a trace.")]
        private bool showSources;

        [SerializeField]
        [Tooltip("Shows the character's state, and its problem if any.")]
        private Text stateText;

        [SerializeField]
        [Tooltip("Shows the transcript.")]
        private Text transcriptText;

        [SerializeField]
        [Tooltip("Where the player types.")]
        private InputField input;

        [SerializeField]
        [Tooltip("Sends what was typed.")]
        private Button sayButton;

        [SerializeField]
        [Tooltip("Interrupts the reply.")]
        private Button interruptButton;

        private string _said = string.Empty;
        private string _saying = string.Empty;
        private string _words = string.Empty;
        private string _problem = string.Empty; // as shown
        private NpcDialogue _heard;

        /// <summary>Raised when the transcript or the state line has changed: for texts of other kinds.</summary>
        public event Action Changed;

        /// <summary>The character, or null.</summary>
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

        /// <summary>Letters of a reply that are shown a second, in whole words; 0 shows it as it arrives.</summary>
        public float LettersPerSecond
        {
            get => lettersPerSecond;
            set => lettersPerSecond = Mathf.Max(0f, value);
        }

        /// <summary>Whether what each sentence rests on is shown under a reply, if there is a trace.</summary>
        public bool ShowSources
        {
            get => showSources;
            set => showSources = value;
        }

        /// <summary>Shows the character's state.</summary>
        public Text StateText
        {
            get => stateText;
            set => stateText = value;
        }

        /// <summary>Shows the transcript.</summary>
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

        /// <summary>Sends what was typed. Set it before the view is enabled.</summary>
        public Button SayButton
        {
            get => sayButton;
            set => sayButton = value;
        }

        /// <summary>Interrupts the reply. Set it before the view is enabled.</summary>
        public Button InterruptButton
        {
            get => interruptButton;
            set => interruptButton = value;
        }

        /// <summary>
        /// Why the character does not answer and how to fix it, in one sentence; empty when all is well. The state text
        /// shows it too.
        /// </summary>
        public string Problem => npc == null ? ProblemSentences.NoCharacter : npc.Problem;

        /// <summary>The character's state, and its problem if any, as the state text shows it.</summary>
        public string StateLine { get; private set; } = string.Empty;

        /// <summary>The transcript of both sides; its newest letters.</summary>
        public string Transcript => _said + _saying;

        /// <summary>The input field's text, which the player says next.</summary>
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

        /// <summary>The player says the input field's text. Interrupts the current reply.</summary>
        public void Say()
        {
            string words = Words;
            if (Say(words))
            {
                Words = string.Empty;
            }
        }

        /// <summary>
        /// The player says this. Interrupts the current reply. False if the text is empty or there is no character.
        /// </summary>
        public bool Say(string words)
        {
            if (string.IsNullOrWhiteSpace(words) || npc == null || !npc.isActiveAndEnabled)
            {
                return false;
            }

            npc.Interrupt(); // first writes the end of the interrupted reply
            EndReveal();
            Write(playerName + ": " + words);
            npc.Say(words);
            return true;
        }

        /// <summary>Interrupts the reply.</summary>
        public void Interrupt()
        {
            if (npc != null)
            {
                npc.Interrupt();
                EndReveal();
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
            Reveal(Time.deltaTime);
            if (!ReferenceEquals(Problem, _problem)) // the same string while the cause stays
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
