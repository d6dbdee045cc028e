using UnityEngine;

namespace FrameBridge.Samples
{
    /// <summary>
    /// A character to talk to: type, press Say, and cut in whenever you like. The window is the package's; this script gives
    /// the player the first words.
    /// </summary>
    [RequireComponent(typeof(NpcDialogue))]
    public sealed class TalkToNpc : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("The window that shows the talk: the package's prefab FrameBridge Conversation.")]
        private ConversationView view;

        [SerializeField]
        [Tooltip("What the player says first.")]
        private string words = "Good evening! Have you got a room for the night?";

        /// <summary>The window that shows the talk. Set it before the object wakes.</summary>
        public ConversationView View
        {
            get => view;
            set => view = value;
        }

        /// <summary>What was said so far, by both.</summary>
        public string Transcript => view.Transcript;

        /// <summary>What the player says next.</summary>
        public string Words
        {
            get => view.Words;
            set => view.Words = value;
        }

        /// <summary>The player says the words. A reply under way is cut off.</summary>
        public void Say() => view.Say();

        private void Awake()
        {
            if (view == null)
            {
                view = gameObject.AddComponent<ConversationView>(); // keeps the transcript, and shows nothing
            }

            view.Npc = GetComponent<NpcDialogue>();
            view.Words = words;
        }
    }
}
