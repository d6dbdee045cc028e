using System;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>The expression that an avatar shows for an emotion, as the inspector stores it.</summary>
    [Serializable]
    public struct NpcExpression
    {
        [SerializeField]
        [Tooltip("What the character feels.")]
        private NpcEmotion emotion;

        [SerializeField]
        [Tooltip("The expression, as the server's schema names it. Empty: the seed's default.")]
        private string expression;

        [SerializeField]
        [Range(0f, 2f)]
        [Tooltip("Strength of the expression for a sentence of full intensity; above 1 it is full earlier.")]
        private float strength;

        /// <summary>Makes a pair.</summary>
        public NpcExpression(NpcEmotion emotion, string expression, float strength = 1f)
        {
            this.emotion = emotion;
            this.expression = expression ?? string.Empty;
            this.strength = strength;
        }

        /// <summary>What the character feels.</summary>
        public NpcEmotion Emotion => emotion;

        /// <summary>The expression, as the server's schema names it.</summary>
        public string Expression => expression ?? string.Empty;

        /// <summary>Strength of the expression for a sentence of full intensity.</summary>
        public float Strength => strength;
    }
}
