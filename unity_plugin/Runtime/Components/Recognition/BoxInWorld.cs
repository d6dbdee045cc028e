using UnityEngine;

namespace FrameBridge
{
    /// <summary>A box in the world, in metres.</summary>
    internal struct BoxInWorld
    {
        internal Vector3 Centre;
        internal Quaternion Turn;
        internal float Width;
        internal float Height;

        /// <summary>Metres per pixel of lines and text.</summary>
        internal float Pixel;
    }
}
