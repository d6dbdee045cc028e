using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>What was answered to one recorded request, with times from that request on.</summary>
    internal sealed class RecordedGroup
    {
        public double Began;
        public readonly List<RecordedMessage> Answers = new List<RecordedMessage>();
    }
}
