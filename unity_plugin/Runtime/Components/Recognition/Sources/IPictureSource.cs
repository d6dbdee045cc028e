using UnityEngine;

namespace FrameBridge
{
    /// <summary>Provides the current picture. Main thread only.</summary>
    internal interface IPictureSource
    {
        /// <summary>Why there is no picture and how to fix it; empty when all is well or it is just starting.</summary>
        string Problem { get; }

        /// <summary>The picture and how to turn it upright; false if there is no new one.</summary>
        bool TryTake(out Texture picture, out PictureTurn turn);

        /// <summary>Releases the camera.</summary>
        void Stop();
    }
}
