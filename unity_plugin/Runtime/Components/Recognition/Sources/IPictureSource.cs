using UnityEngine;

namespace FrameBridge
{
    /// <summary>Gives the picture of this moment. Main thread only.</summary>
    internal interface IPictureSource
    {
        /// <summary>Why there is no picture and what mends it; empty when all is well or it is just starting.</summary>
        string Problem { get; }

        /// <summary>The picture and how to turn it upright; false when there is none or no new one.</summary>
        bool TryTake(out Texture picture, out PictureTurn turn);

        /// <summary>Lets the camera go.</summary>
        void Stop();
    }
}
