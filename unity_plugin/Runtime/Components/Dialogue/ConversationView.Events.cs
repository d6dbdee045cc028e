using UnityEngine;
using UnityEngine.EventSystems;

namespace FrameBridge
{
    /// <summary>The character's events, and how they are shown.</summary>
    public sealed partial class ConversationView
    {
        private const string CutOff = " - (cut off)";

        private string NpcName => npcName.Length > 0 || npc == null ? npcName : npc.gameObject.name;

        private void Follow(NpcDialogue next)
        {
            if (!(_heard is null))
            {
                _heard.Heard -= Hear;
                _heard.StateChanged -= ShowState;
            }

            _heard = next == null ? null : next;
            _saying = string.Empty;
            BeginReveal();
            if (!(_heard is null))
            {
                _heard.Heard += Hear;
                _heard.StateChanged += ShowState;
            }
        }

        private void Hear(TurnEvent heard)
        {
            switch (heard.Kind)
            {
                case TurnEventKind.Started:
                    EndReveal(); // of the reply before
                    break;
                case TurnEventKind.Token:
                    _whole = npc.Text;
                    if (lettersPerSecond <= 0f)
                    {
                        ShowReply(_whole.Length);
                    }

                    break;
                case TurnEventKind.Action:
                case TurnEventKind.ActionCalled:
                    Write("(" + heard.Text + ")");
                    break;
                case TurnEventKind.Done:
                    End(heard.Result);
                    break;
            }
        }

        private static string Ending(TurnResult result)
        {
            switch (result.Finish)
            {
                case TurnFinish.Interrupted:
                    return CutOff;
                case TurnFinish.Failed:
                    return " (without the server)";
                default:
                    return string.Empty;
            }
        }

        private void Write(string line)
        {
            _said += line + "\n";
            if (_said.Length > longestTranscript)
            {
                _said = _said.Substring(_said.Length - longestTranscript);
            }

            Show();
        }

        private void Show()
        {
            if (transcriptText != null)
            {
                transcriptText.text = Transcript;
            }

            ShowState();
        }

        private void ShowState() => ShowState(npc == null ? NpcState.Offline : npc.State);

        private void ShowState(NpcState state)
        {
            _problem = Problem;
            StateLine = _problem.Length == 0 ? state.ToString() : state + ": " + _problem;
            if (stateText != null)
            {
                stateText.text = StateLine;
            }

            Changed?.Invoke();
        }

        private void Submit(string words)
        {
            Say();
            input.ActivateInputField(); // for the next line
        }

        /// <summary>Without an EventSystem in the scene, typing and clicking do not work.</summary>
        private void NeedEventSystem()
        {
            if (input == null || EventSystem.current != null)
            {
                return;
            }

#if ENABLE_LEGACY_INPUT_MANAGER
            var made = new GameObject("EventSystem");
            made.transform.SetParent(transform, false);
            made.AddComponent<EventSystem>();
            made.AddComponent<StandaloneInputModule>();
#else
            Debug.LogWarning(
                "FrameBridge: typing and clicking do not work: the project has only the new Input System, and the scene has no "
                + "EventSystem. Add GameObject > UI > Event System.",
                this);
#endif
        }
    }
}
