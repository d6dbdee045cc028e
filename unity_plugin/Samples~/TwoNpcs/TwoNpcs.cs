using UnityEngine;

namespace FrameBridge.Samples
{
    /// <summary>
    /// Two characters that keep to their facts and act: an innkeeper and a robot mechanic. The buttons choose who is spoken
    /// to; the faces show what the characters feel.
    /// </summary>
    public sealed class TwoNpcs : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("The conversation window: the package's prefab FrameBridge Conversation.")]
        private ConversationView view;

        [SerializeField]
        [Tooltip("The characters, in the order of the buttons.")]
        private NpcDialogue[] characters = new NpcDialogue[0];

        [SerializeField]
        [Tooltip("What the player says first to each.")]
        private string[] words = new string[0];

        private int _keyNights;
        private int _partsSold;

        /// <summary>The conversation window.</summary>
        public ConversationView View => view;

        /// <summary>The characters.</summary>
        public NpcDialogue[] Characters => characters;

        /// <summary>For how many nights the innkeeper has handed over a key.</summary>
        public int KeyNights => _keyNights;

        /// <summary>How many parts the mechanic has sold.</summary>
        public int PartsSold => _partsSold;

        /// <summary>Speaks to a character from now on.</summary>
        public void Meet(int character)
        {
            view.Npc = characters[character];
            view.Words = words[character];
        }

        private void Awake()
        {
            foreach (NpcDialogue character in characters)
            {
                NpcActions actions = character.GetComponent<NpcActions>();
                actions.Handlers.Set("show_menu", call => call.Done());
                actions.Handlers.Set("hand_over_key", ActionParameter.Int("nights"), HandOverKey);
                actions.Handlers.Set("run_diagnosis", ActionParameter.Text("machine"), (machine, call) => call.Done($"The scan of {machine} shows no fault."));
                actions.Handlers.Set("sell_part", ActionParameter.Text("part"), ActionParameter.Int("count"), SellPart);
            }
        }

        private void Start() => Meet(0);

        private void HandOverKey(int nights, ActionCall call)
        {
            _keyNights = nights;
            call.Done(nights == 1 ? "The key is good for one night." : $"The key is good for {nights} nights.");
        }

        private void SellPart(string part, int count, ActionCall call)
        {
            _partsSold += count;
            call.Done($"Sold: {part}, {count} of them.");
        }
    }
}
