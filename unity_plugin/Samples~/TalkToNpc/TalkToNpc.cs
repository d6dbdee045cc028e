using UnityEngine;

namespace FrameBridge.Samples
{
    /// <summary>
    /// A character to talk to: type, press Say, and interrupt at any time. The window is the package's prefab; this
    /// script sets the player's first line.
    /// </summary>
    [RequireComponent(typeof(NpcDialogue))]
    public sealed class TalkToNpc : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("The conversation window: the package's prefab FrameBridge Conversation.")]
        private ConversationView view;

        [SerializeField]
        [Tooltip("What the player says first.")]
        private string words = "Good evening! Have you got a room for the night?";

        /// <summary>The conversation window. Set it before Awake.</summary>
        public ConversationView View
        {
            get => view;
            set => view = value;
        }

        /// <summary>The transcript of both sides.</summary>
        public string Transcript => view.Transcript;

        /// <summary>What the player says next.</summary>
        public string Words
        {
            get => view.Words;
            set => view.Words = value;
        }

        /// <summary>The player says the text. Interrupts the current reply.</summary>
        public void Say() => view.Say();

        private void Awake()
        {
            if (view == null)
            {
                view = gameObject.AddComponent<ConversationView>(); // keeps the transcript without showing it
            }

            view.Npc = GetComponent<NpcDialogue>();
            view.Words = words;
        }
    }
}
