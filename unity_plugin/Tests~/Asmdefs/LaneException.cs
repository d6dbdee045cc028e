using System;

namespace FrameBridge.Asmdefs
{
    /// <summary>The lane cannot continue: a project that Unity would refuse, or something unknown to the lane.</summary>
    internal sealed class LaneException : Exception
    {
        internal LaneException(string message)
            : base(message)
        {
        }
    }
}
