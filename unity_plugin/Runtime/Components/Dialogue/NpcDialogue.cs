using System;
using UnityEngine;
using UnityEngine.Events;

namespace FrameBridge
{
    /// <summary>
    /// A character that answers. What it says comes as UnityEvents for designers, and as C# events and `await foreach` for
    /// programmers: tokens, sentences, actions, and one Done for each turn. Speaking again or <see cref="Interrupt"/> cuts
    /// the reply off; nothing of it comes afterwards. Main thread only; nothing blocks.
    /// </summary>
    [AddComponentMenu("FrameBridge/NPC Dialogue")]
    [HelpURL("https://framebridge.example/unity/manual/npc-dialogue.html")]
    public sealed partial class NpcDialogue : MonoBehaviour, IBridgeStep
    {
        [SerializeField]
        [Tooltip("The connection. None: the one that was enabled first.")]
        private BridgeConnection connection;

        [SerializeField]
        [Tooltip("Who the character is.")]
        private NpcPersona persona;

        [SerializeField]
        [Tooltip("The conversation's name, at most 64 bytes. Empty: one of its own.")]
        private string conversationName = string.Empty;

        [SerializeField]
        [Tooltip("Told the reply so far each time it has grown, for a text on the screen. Costs a string each time.")]
        private UnityEvent<string> onText = new UnityEvent<string>();

        [SerializeField]
        [Tooltip("Told each piece of the reply.")]
        private UnityEvent<string> onToken = new UnityEvent<string>();

        [SerializeField]
        [Tooltip("Told each complete sentence, for subtitles and voices.")]
        private UnityEvent<string> onSentence = new UnityEvent<string>();

        [SerializeField]
        [Tooltip("Told each action that the reply names, such as wave.")]
        private UnityEvent<string> onAction = new UnityEvent<string>();

        [SerializeField]
        [Tooltip("Told the whole reply at the end of each turn; what there was of it when it was cut short.")]
        private UnityEvent<string> onDone = new UnityEvent<string>();

        [SerializeField]
        [Tooltip("Told each change of the character's state.")]
        private UnityEvent<NpcState> onStateChanged = new UnityEvent<NpcState>();

        /// <summary>Raised for each event of a turn, on the main thread; Done is the last one of a turn, and comes once.</summary>
        public event Action<TurnEvent> Heard;

        /// <summary>Raised with the reply so far each time it has grown. Costs a string each time, only while somebody listens.</summary>
        public event Action<string> TextChanged;

        /// <summary>Raised at each change of the character's state, on the main thread.</summary>
        public event Action<NpcState> StateChanged;

        /// <summary>The connection in use: the one that was set, or the one that was enabled first. May be null.</summary>
        public BridgeConnection Connection
        {
            get => BridgeConnection.InUse(connection);
            set => connection = value;
        }

        /// <summary>Who the character is; null means the server's own idea. A change takes effect with the next words.</summary>
        public NpcPersona Persona
        {
            get => persona;
            set => persona = value;
        }

        /// <summary>The conversation's name; empty means one of its own. Read when the conversation begins.</summary>
        public string ConversationName
        {
            get => conversationName;
            set => conversationName = value ?? string.Empty;
        }

        /// <summary>Told the reply so far; for listeners that the inspector holds. From code use <see cref="TextChanged"/>.</summary>
        public UnityEvent<string> OnText => onText;

        /// <summary>Told each piece of the reply.</summary>
        public UnityEvent<string> OnToken => onToken;

        /// <summary>Told each complete sentence, for subtitles and voices.</summary>
        public UnityEvent<string> OnSentence => onSentence;

        /// <summary>Told each action that the reply names.</summary>
        public UnityEvent<string> OnAction => onAction;

        /// <summary>Told the whole reply at the end of each turn; what there was of it when it was cut short.</summary>
        public UnityEvent<string> OnDone => onDone;

        /// <summary>Told each change of the character's state.</summary>
        public UnityEvent<NpcState> OnStateChanged => onStateChanged;

        /// <summary>Where the character stands.</summary>
        public NpcState State { get; private set; }

        /// <summary>What is being said, or was said last. A new string each time: not for every frame.</summary>
        public string Text => _turn == null ? _line : _turn.Text;

        /// <summary>How the last turn ended; null before the first and while one is under way.</summary>
        public TurnResult LastResult { get; private set; }

        bool IBridgeStep.IsFirst => false;
    }
}
