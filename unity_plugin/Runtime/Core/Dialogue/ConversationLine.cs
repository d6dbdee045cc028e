using System;

namespace FrameBridge
{
    /// <summary>One line of a conversation. A plain value, which Unity's JsonUtility and other serializers can write.</summary>
    [Serializable]
    public struct ConversationLine
    {
        /// <summary>Whether the player said it; else the character.</summary>
        public bool IsPlayer;

        /// <summary>What was said.</summary>
        public string Text;
    }
}
