using System;

namespace FrameBridge.Asmdefs
{
    /// <summary>The lane cannot go on: a project that Unity would refuse, or something that nobody has told the lane.</summary>
    internal sealed class LaneException : Exception
    {
        internal LaneException(string message)
            : base(message)
        {
        }
    }
}
