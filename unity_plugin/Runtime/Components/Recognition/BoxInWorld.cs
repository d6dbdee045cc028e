using UnityEngine;

namespace FrameBridge
{
    /// <summary>A box that lies in the world, in metres.</summary>
    internal struct BoxInWorld
    {
        internal Vector3 Centre;
        internal Quaternion Turn;
        internal float Width;
        internal float Height;

        /// <summary>Metres that lines and letters take for a pixel.</summary>
        internal float Pixel;
    }
}
