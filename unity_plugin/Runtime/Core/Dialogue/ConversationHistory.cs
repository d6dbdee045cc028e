using System;

namespace FrameBridge
{
    /// <summary>
    /// A conversation for a saved game: who the character is, and what has been said. Plain fields, which Unity's
    /// JsonUtility and other serializers can write and read.
    /// </summary>
    [Serializable]
    public sealed class ConversationHistory
    {
        /// <summary>Who the character is.</summary>
        public string Persona = string.Empty;

        /// <summary>What has been said, oldest first.</summary>
        public ConversationLine[] Lines = Array.Empty<ConversationLine>();
    }
}
