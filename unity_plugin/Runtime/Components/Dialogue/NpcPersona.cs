using System;
using System.Collections.Generic;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>Who a character is and how it speaks: an asset that several characters may share.</summary>
    [CreateAssetMenu(menuName = "FrameBridge/NPC Persona", fileName = "NpcPersona")]
    [HelpURL("https://framebridge.example/unity/manual/npc-dialogue.html")]
    public sealed class NpcPersona : ScriptableObject
    {
        [SerializeField]
        [TextArea(4, 12)]
        [Tooltip("Who the character is, in the second person: You are Mira, the innkeeper ...")]
        private string description = string.Empty;

        [SerializeField]
        [Tooltip("Said when the server is not there or the reply fails; one of them is taken. Empty: nothing is said.")]
        private string[] fallbackLines = Array.Empty<string>();

        [SerializeField]
        [Tooltip("Actions that the character may take, told when the reply holds one as [wave] or *wave*. At most 64.")]
        private string[] actions = Array.Empty<string>();

        [SerializeField]
        [Range(0f, 5f)]
        [Tooltip("0: always the likeliest words. Higher: more surprising.")]
        private float temperature = 0.7f;

        [SerializeField]
        [Range(0.01f, 1f)]
        [Tooltip("Words are drawn from the likeliest that together reach this probability.")]
        private float topP = 0.9f;

        [SerializeField]
        [Range(0.5f, 5f)]
        [Tooltip("Above 1 makes repetition less likely.")]
        private float repetitionPenalty = 1.1f;

        [SerializeField]
        [Tooltip("Equal seeds give equal replies. 0: another reply each time.")]
        private long seed;

        [SerializeField]
        [Min(0)]
        [Tooltip("The longest reply in tokens. 0: the server's default.")]
        private int maxTokens;

        [SerializeField]
        [Tooltip("The reply ends before the first of these.")]
        private string[] stop = Array.Empty<string>();

        [SerializeField]
        [Min(0.01f)]
        [Tooltip("Seconds that the first word may take.")]
        private float firstTokenSeconds = 2f;

        [SerializeField]
        [Min(0f)]
        [Tooltip("Seconds that each further piece may take. 0: reading speed.")]
        private float paceSeconds;

        /// <summary>Who the character is, in the second person. A change takes effect with the next words.</summary>
        public string Description
        {
            get => description;
            set => description = value ?? string.Empty;
        }

        /// <summary>Said when the server is not there or the reply fails. May be empty.</summary>
        public IReadOnlyList<string> FallbackLines
        {
            get => fallbackLines;
            set => fallbackLines = Copy(value);
        }

        /// <summary>Actions that the character may take, told when the reply holds one as "[wave]" or "*wave*". At most 64.</summary>
        public IReadOnlyList<string> Actions
        {
            get => actions;
            set => actions = Copy(value);
        }

        /// <summary>Seconds that the first word may take.</summary>
        public float FirstTokenSeconds
        {
            get => firstTokenSeconds;
            set => firstTokenSeconds = Mathf.Max(0.01f, value);
        }

        /// <summary>Seconds that each further piece may take; 0 means reading speed.</summary>
        public float PaceSeconds
        {
            get => paceSeconds;
            set => paceSeconds = Mathf.Max(0f, value);
        }

        /// <summary>How tokens are drawn. A new object at each call.</summary>
        public Sampling Sampling
        {
            get => new Sampling
            {
                Temperature = temperature,
                TopP = topP,
                RepetitionPenalty = repetitionPenalty,
                Seed = seed,
                MaxTokens = maxTokens,
                Stop = stop,
            };

            set
            {
                Sampling given = value ?? new Sampling();
                temperature = given.Temperature;
                topP = given.TopP;
                repetitionPenalty = given.RepetitionPenalty;
                seed = given.Seed;
                maxTokens = given.MaxTokens;
                stop = Copy(given.Stop);
            }
        }

        private static string[] Copy(IReadOnlyList<string> from)
        {
            var copy = new string[from?.Count ?? 0];
            for (int i = 0; i < copy.Length; i++)
            {
                copy[i] = from[i];
            }

            return copy;
        }
    }
}
