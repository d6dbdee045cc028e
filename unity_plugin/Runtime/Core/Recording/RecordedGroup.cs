using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>The answers to one recorded request, with times relative to it.</summary>
    internal sealed class RecordedGroup
    {
        public double Began;
        public readonly List<RecordedMessage> Answers = new List<RecordedMessage>();
    }
}
