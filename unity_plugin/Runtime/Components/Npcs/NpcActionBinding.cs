using System;
using UnityEngine;
using UnityEngine.Events;

namespace FrameBridge
{
    /// <summary>What happens for an action of an NPC, as the inspector stores it.</summary>
    [Serializable]
    public sealed class NpcActionBinding
    {
        [SerializeField]
        [Tooltip("The action's name, as the NPC has it: open_shop.")]
        private string action = string.Empty;

        [SerializeField]
        [Tooltip("At Once: done as soon as On Called has run. Later: when something calls Done or Fail of this component.")]
        private NpcActionAnswer answer = NpcActionAnswer.AtOnce;

        [SerializeField]
        [Tooltip("At Once: what came of it, in a sentence that the NPC may use. May be empty.")]
        private string sentence = string.Empty;

        [SerializeField]
        [Tooltip("Called when the NPC does it.")]
        private UnityEvent onCalled = new UnityEvent();

        [SerializeField]
        [Tooltip("Called when it needs no answer any more: its time is over, the player cut in, or a newer call replaced it.")]
        private UnityEvent onCancelled = new UnityEvent();

        /// <summary>The action's name.</summary>
        public string Action
        {
            get => action;
            set => action = value ?? string.Empty;
        }

        /// <summary>When it counts as done.</summary>
        public NpcActionAnswer Answer
        {
            get => answer;
            set => answer = value;
        }

        /// <summary>What came of it, in a sentence that the NPC may use; for AtOnce. May be empty.</summary>
        public string Sentence
        {
            get => sentence;
            set => sentence = value ?? string.Empty;
        }

        /// <summary>Called when the NPC does it.</summary>
        public UnityEvent OnCalled => onCalled;

        /// <summary>Called when it needs no answer any more.</summary>
        public UnityEvent OnCancelled => onCancelled;
    }
}
