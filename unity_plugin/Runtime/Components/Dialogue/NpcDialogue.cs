using System;
using UnityEngine;
using UnityEngine.Events;

namespace FrameBridge
{
    /// <summary>
    /// A character that answers, with UnityEvents for designers and C# events and `await foreach` for programmers:
    /// tokens, sentences, actions, and one Done per turn. Speaking again or <see cref="Interrupt"/> ends the reply;
    /// none of it follows. Main thread only; nothing blocks.
    /// </summary>
    [AddComponentMenu("FrameBridge/NPC Dialogue")]
    [HelpURL("https://framebridge.example/unity/manual/npc-dialogue.html")]
    public sealed partial class NpcDialogue : MonoBehaviour, IBridgeStep
    {
        [SerializeField]
        [Tooltip("The connection. None: the first one enabled.")]
        private BridgeConnection connection;

        [SerializeField]
        [Tooltip("Who the character is.")]
        private NpcPersona persona;

        [SerializeField]
        [Tooltip("The conversation's name, at most 64 bytes. Empty: a generated one.")]
        private string conversationName = string.Empty;

        [SerializeField]
        [Tooltip("With an NPC: the player's name, for its lines. May be empty.")]
        private string playerName = string.Empty;

        [SerializeField]
        [Tooltip("With an NPC: the player's roles, such as friend, which decide what the player may ask it to do.")]
        private string[] playerRoles = Array.Empty<string>();

        [SerializeField]
        [Tooltip("With an NPC: ask why it says what it says. Shown under each sentence in this inspector in play mode.")]
        private bool wantsTrace;

        [SerializeField]
        [Tooltip("Called with the reply so far each time it has grown, for on-screen text. Allocates a string each time.")]
        private UnityEvent<string> onText = new UnityEvent<string>();

        [SerializeField]
        [Tooltip("Called with each piece of the reply.")]
        private UnityEvent<string> onToken = new UnityEvent<string>();

        [SerializeField]
        [Tooltip("Called with each complete sentence, for subtitles and voices.")]
        private UnityEvent<string> onSentence = new UnityEvent<string>();

        [SerializeField]
        [Tooltip("Called with each action that the reply names, such as wave, or that an NPC does.")]
        private UnityEvent<string> onAction = new UnityEvent<string>();

        [SerializeField]
        [Tooltip("Called with the reply at the end of each turn; partial if it was cut short.")]
        private UnityEvent<string> onDone = new UnityEvent<string>();

        [SerializeField]
        [Tooltip("Called on each change of the character's state.")]
        private UnityEvent<NpcState> onStateChanged = new UnityEvent<NpcState>();

        /// <summary>
        /// Raised for each event of a turn, on the main thread; Done is the last one of a turn, exactly once.
        /// </summary>
        public event Action<TurnEvent> Heard;

        /// <summary>
        /// Raised with the reply so far each time it has grown. Allocates a string each time, only if there are
        /// listeners.
        /// </summary>
        public event Action<string> TextChanged;

        /// <summary>Raised at each change of the character's state, on the main thread.</summary>
        public event Action<NpcState> StateChanged;

        /// <summary>The connection in use: the one set, or the first one enabled. May be null.</summary>
        public BridgeConnection Connection
        {
            get => BridgeConnection.InUse(connection);
            set => connection = value;
        }

        /// <summary>Who the character is; null for the server's default. A change takes effect with the next turn.</summary>
        public NpcPersona Persona
        {
            get => persona;
            set => persona = value;
        }

        /// <summary>The conversation's name; empty for a generated one. Read when the conversation begins.</summary>
        public string ConversationName
        {
            get => conversationName;
            set => conversationName = value ?? string.Empty;
        }

        /// <summary>
        /// Called with the reply so far; for listeners set in the inspector. From code use <see cref="TextChanged"/>.
        /// </summary>
        public UnityEvent<string> OnText => onText;

        /// <summary>Called with each piece of the reply.</summary>
        public UnityEvent<string> OnToken => onToken;

        /// <summary>Called with each complete sentence, for subtitles and voices.</summary>
        public UnityEvent<string> OnSentence => onSentence;

        /// <summary>Called with each action that the reply names or an NPC does.</summary>
        public UnityEvent<string> OnAction => onAction;

        /// <summary>Called with the reply at the end of each turn; partial if it was cut short.</summary>
        public UnityEvent<string> OnDone => onDone;

        /// <summary>Called on each change of the character's state.</summary>
        public UnityEvent<NpcState> OnStateChanged => onStateChanged;

        /// <summary>The character's state.</summary>
        public NpcState State { get; private set; }

        /// <summary>The current or last reply. Allocates a new string each time: do not read it every frame.</summary>
        public string Text => _turn == null ? _line : _turn.Text;

        /// <summary>How the last turn ended; null before the first and during a turn.</summary>
        public TurnResult LastResult { get; private set; }

        bool IBridgeStep.IsFirst => false;
    }
}
