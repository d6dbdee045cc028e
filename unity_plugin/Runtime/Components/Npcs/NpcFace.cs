using System.Collections.Generic;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>
    /// Shows what a character feels on its avatar: each sentence's emotion as an expression, by its intensity, for as long as
    /// the sentence is read or spoken. Blends by the game's clock: a paused game has a still face. Main thread only.
    /// </summary>
    [AddComponentMenu("FrameBridge/NPC Face")]
    [HelpURL("https://framebridge.example/unity/manual/npc-face.html")]
    [DisallowMultipleComponent]
    public sealed partial class NpcFace : MonoBehaviour, IBridgeStep
    {
        [SerializeField]
        [Tooltip("The character. None: the one on this object.")]
        private NpcDialogue npc;

        [SerializeField]
        [Tooltip("The avatar. None: the one on this object.")]
        private AvatarTexture avatar;

        [SerializeField]
        [Tooltip("The expression for each emotion. Emotions that are missing rest.")]
        private List<NpcExpression> expressions = Usual();

        [SerializeField]
        [Tooltip("The expression between sentences. Empty: the seed's default.")]
        private string restExpression = string.Empty;

        [SerializeField]
        [Range(0f, 1f)]
        [Tooltip("The strength of the expression between sentences.")]
        private float restIntensity = 1f;

        [SerializeField]
        [Tooltip("The expression while the reply has not begun. Empty: as between sentences.")]
        private string thinkingExpression = string.Empty;

        [SerializeField]
        [Min(0f)]
        [Tooltip("Seconds from one expression to the next.")]
        private float blendSeconds = 0.3f;

        [SerializeField]
        [Tooltip("Reading: sentences one after the other, as long as they take to read. Script: a voice calls Show and Rest.")]
        private NpcFacePace pace = NpcFacePace.Reading;

        [SerializeField]
        [Min(1f)]
        [Tooltip("Reading: characters a second.")]
        private float charactersPerSecond = 18f;

        [SerializeField]
        [Min(0f)]
        [Tooltip("Reading: seconds that a sentence is shown at least.")]
        private float leastSeconds = 0.8f;

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

        /// <summary>The avatar; null if there is none.</summary>
        public AvatarTexture Avatar
        {
            get => avatar == null ? GetComponent<AvatarTexture>() : avatar;
            set
            {
                avatar = value;
                _shownOn = null;
            }
        }

        /// <summary>The expression for each emotion.</summary>
        public IList<NpcExpression> Expressions => expressions;

        /// <summary>The expression between sentences; empty for the seed's default.</summary>
        public string RestExpression
        {
            get => restExpression;
            set => restExpression = value ?? string.Empty;
        }

        /// <summary>The strength of the expression between sentences, from 0 to 1.</summary>
        public float RestIntensity
        {
            get => restIntensity;
            set => restIntensity = Mathf.Clamp01(value);
        }

        /// <summary>The expression while the reply has not begun; empty for that between sentences.</summary>
        public string ThinkingExpression
        {
            get => thinkingExpression;
            set => thinkingExpression = value ?? string.Empty;
        }

        /// <summary>Seconds of game time from one expression to the next.</summary>
        public float BlendSeconds
        {
            get => blendSeconds;
            set => blendSeconds = Mathf.Max(0f, value);
        }

        /// <summary>When a sentence is shown.</summary>
        public NpcFacePace Pace
        {
            get => pace;
            set => pace = value;
        }

        /// <summary>The sentence that is shown; null between sentences.</summary>
        public ReplySentence Sentence { get; private set; }

        bool IBridgeStep.IsFirst => false;

        /// <summary>For the expressions of the project's own avatars.</summary>
        private static List<NpcExpression> Usual() => new List<NpcExpression>
        {
            new NpcExpression(NpcEmotion.Joy, "happy"),
            new NpcExpression(NpcEmotion.Sadness, "sad"),
            new NpcExpression(NpcEmotion.Anger, "angry"),
            new NpcExpression(NpcEmotion.Fear, "doubtful"),
            new NpcExpression(NpcEmotion.Surprise, "surprised"),
            new NpcExpression(NpcEmotion.Disgust, "doubtful"),
        };
    }
}
