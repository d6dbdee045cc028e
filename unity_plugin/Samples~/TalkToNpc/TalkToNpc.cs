using UnityEngine;

namespace FrameBridge.Samples
{
    /// <summary>A character to talk to: type, press Say, and cut in whenever you like.</summary>
    [RequireComponent(typeof(NpcDialogue))]
    public sealed class TalkToNpc : MonoBehaviour
    {
        private const int LongestTranscript = 4000;

        [SerializeField]
        [Tooltip("What the player says first.")]
        private string words = "Good evening! Have you got a room for the night?";

        private NpcDialogue _npc;
        private string _transcript = string.Empty;
        private string _saying = string.Empty;

        /// <summary>What was said so far, by both.</summary>
        public string Transcript => _transcript + _saying;

        /// <summary>What the player says next.</summary>
        public string Words
        {
            get => words;
            set => words = value;
        }

        /// <summary>The player says the words. A reply under way is cut off.</summary>
        public void Say()
        {
            if (string.IsNullOrWhiteSpace(words))
            {
                return;
            }

            string said = words; // cutting off a reply writes its end first
            _npc.Interrupt();
            Write("You: " + said);
            _npc.Say(said);
        }

        private void Awake() => _npc = GetComponent<NpcDialogue>();

        private void OnEnable() => _npc.Heard += Hear;

        private void OnDisable() => _npc.Heard -= Hear;

        private void Hear(TurnEvent heard)
        {
            switch (heard.Kind)
            {
                case TurnEventKind.Token:
                    _saying = "Mira: " + _npc.Text;
                    break;
                case TurnEventKind.Action:
                    Write("(she does: " + heard.Text + ")");
                    break;
                case TurnEventKind.Done:
                    _saying = string.Empty;
                    Write("Mira: " + _npc.Text + Ending(heard.Result));
                    break;
            }
        }

        private static string Ending(TurnResult result)
        {
            switch (result.Finish)
            {
                case TurnFinish.Interrupted:
                    return " - (cut off)";
                case TurnFinish.Failed:
                    return " (her line without a server)";
                default:
                    return string.Empty;
            }
        }

        private void Write(string line)
        {
            _transcript += line + "\n";
            if (_transcript.Length > LongestTranscript)
            {
                _transcript = _transcript.Substring(_transcript.Length - LongestTranscript);
            }
        }

        private void OnGUI()
        {
            GUILayout.BeginArea(new Rect(20f, 20f, Screen.width - 40f, Screen.height - 40f));
            GUILayout.Label(_npc.State.ToString());
            GUILayout.Label(Transcript);
            words = GUILayout.TextField(words);
            if (GUILayout.Button("Say"))
            {
                Say();
            }

            if (GUILayout.Button("Interrupt"))
            {
                _npc.Interrupt();
            }

            GUILayout.EndArea();
        }
    }
}
