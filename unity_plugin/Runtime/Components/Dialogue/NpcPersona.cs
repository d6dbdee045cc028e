using System;
using System.Collections.Generic;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>
    /// Who a character is and how it speaks: an asset that several characters may share. A description in words, or an NPC
    /// as data, here or in a file of the server's.
    /// </summary>
    [CreateAssetMenu(menuName = "FrameBridge/NPC Persona", fileName = "NpcPersona")]
    [HelpURL("https://framebridge.example/unity/manual/npc-dialogue.html")]
    public sealed class NpcPersona : ScriptableObject
    {
        // Saved personas keep their meaning: these values for "left to the server" could not be saved before.
        private const float LeftToServer = -1f;
        private const float LeastPenalty = 0.5f;

        [SerializeField]
        [Tooltip("Description: in words. Character: the NPC below. Server File: an NPC of the server's folder, by its id.")]
        private NpcSource source = NpcSource.Description;

        [SerializeField]
        [Tooltip("Server File: the NPC's id, which is the name of its file without .toml.")]
        private string npcId = string.Empty;

        [SerializeField]
        [Tooltip("Character: what the NPC is, what it knows and what it may do. Import and export it as the server's TOML below.")]
        private Npc npc = new Npc();

        [SerializeField]
        [TextArea(4, 12)]
        [Tooltip("Who the character is, in the second person: You are Mira, the innkeeper ...")]
        private string description = string.Empty;

        [SerializeField]
        [Tooltip("Said in turn when the server is not available or the reply fails. Empty: nothing is said.")]
        private string[] fallbackLines = Array.Empty<string>();

        [SerializeField]
        [Tooltip("Actions that the character may take, raised when the reply contains one as [wave] or *wave*. At most 64.")]
        private string[] actions = Array.Empty<string>();

        [SerializeField]
        [Range(LeftToServer, 5f)]
        [Tooltip("0: always the most likely token. Higher: more surprising. Below 0: the server's default.")]
        private float temperature = LeftToServer;

        [SerializeField]
        [Range(0f, 1f)]
        [Tooltip("Samples from the most likely tokens that together reach this probability. 0: the server's default.")]
        private float topP;

        [SerializeField]
        [Range(0f, 5f)]
        [Tooltip("Above 1 makes repetition less likely; at least 0.5. 0: the server's default.")]
        private float repetitionPenalty;

        [SerializeField]
        [Tooltip("Equal seeds give equal replies. 0: a different reply each time.")]
        private long seed;

        [SerializeField]
        [Min(0)]
        [Tooltip("The longest reply in tokens. 0: the server's default.")]
        private int maxTokens;

        [SerializeField]
        [Tooltip("The reply ends before the first of these strings.")]
        private string[] stop = Array.Empty<string>();

        [SerializeField]
        [Tooltip("A reply that reaches its length limit within a sentence ends with the sentence before. On Done then gives the shorter reply.")]
        private bool wholeSentences;

        [SerializeField]
        [Min(0f)]
        [Tooltip("Seconds until the first token is due. 0: the server's default.")]
        private float firstTokenSeconds;

        [SerializeField]
        [Min(0f)]
        [Tooltip("Seconds until each further token is due. 0: the server's default, reading speed.")]
        private float paceSeconds;

        /// <summary>Where the character is described. A change takes effect with the next turn.</summary>
        public NpcSource Source
        {
            get => source;
            set => source = value;
        }

        /// <summary>For a file of the server's: the NPC's id.</summary>
        public string NpcId
        {
            get => npcId;
            set => npcId = value ?? string.Empty;
        }

        /// <summary>For a character in this asset: the NPC. Never null.</summary>
        public Npc Npc
        {
            get => npc;
            set => npc = value ?? new Npc();
        }

        /// <summary>Who the character is, in the second person. A change takes effect with the next turn.</summary>
        public string Description
        {
            get => description;
            set => description = value ?? string.Empty;
        }

        /// <summary>Said when the server is not available or the reply fails. May be empty.</summary>
        public IReadOnlyList<string> FallbackLines
        {
            get => fallbackLines;
            set => fallbackLines = Copy(value);
        }

        /// <summary>
        /// Actions that the character may take, raised when the reply contains one as "[wave]" or "*wave*". At most 64.
        /// </summary>
        public IReadOnlyList<string> Actions
        {
            get => actions;
            set => actions = Copy(value);
        }

        /// <summary>Seconds until the first token is due; 0 for the server's default.</summary>
        public float FirstTokenSeconds
        {
            get => firstTokenSeconds;
            set => firstTokenSeconds = Mathf.Max(0f, value);
        }

        /// <summary>Seconds until each further token is due; 0 for the server's default, reading speed.</summary>
        public float PaceSeconds
        {
            get => paceSeconds;
            set => paceSeconds = Mathf.Max(0f, value);
        }

        /// <summary>
        /// Whether a reply that reaches its length limit within a sentence ends with the sentence before. Its tokens have
        /// been raised by then; the text at the end is the shorter one.
        /// </summary>
        public bool WholeSentences
        {
            get => wholeSentences;
            set => wholeSentences = value;
        }

        /// <summary>How tokens are sampled; null values are left to the server. A new object at each call.</summary>
        public Sampling Sampling
        {
            get => new Sampling
            {
                Temperature = temperature < 0f ? (float?)null : temperature,
                TopP = topP <= 0f ? (float?)null : topP,
                RepetitionPenalty = repetitionPenalty <= 0f ? (float?)null : Mathf.Max(LeastPenalty, repetitionPenalty),
                Seed = seed,
                MaxTokens = maxTokens,
                Stop = stop,
            };

            set
            {
                Sampling given = value ?? new Sampling();
                temperature = given.Temperature ?? LeftToServer;
                topP = given.TopP ?? 0f;
                repetitionPenalty = given.RepetitionPenalty ?? 0f;
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
