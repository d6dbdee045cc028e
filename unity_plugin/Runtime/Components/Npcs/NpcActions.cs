using System;
using System.Collections.Generic;
using UnityEngine;
using UnityEngine.Events;

namespace FrameBridge
{
    /// <summary>
    /// What the game does when an NPC acts: typed handlers for programmers, UnityEvents for designers. A call that nobody
    /// takes fails at once, so that the NPC does not wait for it. Main thread only; nothing blocks.
    /// </summary>
    [AddComponentMenu("FrameBridge/NPC Actions")]
    [HelpURL("https://framebridge.example/unity/manual/npc-actions.html")]
    [DisallowMultipleComponent]
    public sealed partial class NpcActions : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("The character. None: the one on this object.")]
        private NpcDialogue npc;

        [SerializeField]
        [Tooltip("What happens for each action. Handlers of scripts come first.")]
        private List<NpcActionBinding> actions = new List<NpcActionBinding>();

        [SerializeField]
        [Tooltip("Called with the name of an action that needs no answer any more: its time is over, the player cut in, or a newer call replaced it.")]
        private UnityEvent<string> onCancelled = new UnityEvent<string>();

        private readonly List<ActionCall> _open = new List<ActionCall>();
        private NpcDialogue _heard;

        /// <summary>Raised with each call, before its handler runs. A listener may answer it.</summary>
        public event Action<ActionCall> Called;

        /// <summary>Raised with each call that needs no answer any more; <see cref="ActionCall.Ending"/> says why.</summary>
        public event Action<ActionCall> Cancelled;

        /// <summary>The character; null if there is none.</summary>
        public NpcDialogue Npc
        {
            get => npc == null ? GetComponent<NpcDialogue>() : npc;
            set
            {
                npc = value;
                if (isActiveAndEnabled)
                {
                    Follow(Npc);
                }
            }
        }

        /// <summary>Handlers of scripts, by the action's name.</summary>
        public ActionHandlers Handlers { get; } = new ActionHandlers();

        /// <summary>What the inspector has, and scripts may add.</summary>
        public IList<NpcActionBinding> Actions => actions;

        /// <summary>Called with the name of an action that needs no answer any more.</summary>
        public UnityEvent<string> OnCancelled => onCancelled;

        /// <summary>Calls that wait for an answer, oldest first.</summary>
        public IReadOnlyList<ActionCall> OpenCalls
        {
            get
            {
                Forget();
                return _open;
            }
        }

        /// <summary>
        /// What went wrong with the last action, and how to fix it, in one sentence; empty when all is well.
        /// </summary>
        public string Problem { get; private set; } = string.Empty;

        /// <summary>The oldest open call of an action is done: for listeners set in the inspector.</summary>
        public void Done(string action) => Find(action)?.Done();

        /// <summary>The oldest open call of an action cannot be done: for listeners set in the inspector.</summary>
        public void Fail(string action) => Find(action)?.Fail();

        private ActionCall Find(string action)
        {
            Forget();
            return _open.Find(call => call.Name == action);
        }

        private void Awake() => Handlers.Failed += Report;

        private void OnEnable() => Follow(Npc);

        /// <summary>Nobody is left to answer.</summary>
        private void OnDisable()
        {
            Follow(null);
            foreach (ActionCall call in _open)
            {
                call.Fail();
            }

            _open.Clear();
        }

        private void Follow(NpcDialogue next)
        {
            if (!(_heard is null))
            {
                _heard.Heard -= Hear;
            }

            _heard = next == null ? null : next;
            if (!(_heard is null))
            {
                _heard.Heard += Hear;
            }
        }

        /// <summary>Calls that were answered are no concern of this component any more.</summary>
        private void Forget() => _open.RemoveAll(call => !call.IsOpen);
    }
}
