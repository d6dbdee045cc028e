using TMPro;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>
    /// Shows a conversation in texts of TextMesh Pro. Clear those of the Conversation View that they replace, or both are
    /// shown.
    /// </summary>
    [AddComponentMenu("FrameBridge/Conversation Text (TextMesh Pro)")]
    [HelpURL("https://framebridge.example/unity/manual/npc-dialogue.html")]
    [RequireComponent(typeof(ConversationView))]
    [DisallowMultipleComponent]
    public sealed class ConversationTextMeshPro : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("Shows the transcript.")]
        private TMP_Text transcriptText;

        [SerializeField]
        [Tooltip("Shows the character's state, and its problem if any.")]
        private TMP_Text stateText;

        private ConversationView _view;

        /// <summary>Shows the transcript.</summary>
        public TMP_Text TranscriptText
        {
            get => transcriptText;
            set => transcriptText = value;
        }

        /// <summary>Shows the character's state, and its problem if any.</summary>
        public TMP_Text StateText
        {
            get => stateText;
            set => stateText = value;
        }

        private void OnEnable()
        {
            _view = GetComponent<ConversationView>();
            _view.Changed += Show;
            Show();
        }

        private void OnDisable() => _view.Changed -= Show;

        private void Show()
        {
            Show(transcriptText, _view.Transcript);
            Show(stateText, _view.StateLine);
        }

        private static void Show(TMP_Text on, string text)
        {
            if (on != null)
            {
                on.richText = false; // what a player types is no markup
                on.text = text;
            }
        }
    }
}
