using System;

namespace FrameBridge
{
    /// <summary>
    /// One avatar: a look goes up, texture frames come down into one of three buffers, and the newest one wins. Taking
    /// frames belongs to one thread (the main thread); the other members may be called on any thread. Nothing here blocks
    /// or makes garbage per frame.
    /// </summary>
    public sealed class AvatarSlot
    {
        internal AvatarSlot()
        {
        }

        /// <summary>The avatar's number in its session, from 0.</summary>
        public int Number => throw new NotImplementedException();

        /// <summary>The newest frame that has come complete; 0 before the first.</summary>
        public long NewestIndex => throw new NotImplementedException();

        /// <summary>Gives the avatar a look, reached over <paramref name="morphSeconds"/> (0 changes at once).</summary>
        public void SetLook(AvatarLook look, double morphSeconds = 0)
        {
            throw new NotImplementedException();
        }

        /// <summary>
        /// Asks for frames at a steady rate, 1 to 120 a second, each worth <paramref name="budgetSeconds"/>. Replaces an
        /// earlier subscription; taken up again after a lost connection. With <paramref name="keepLate"/> late frames are
        /// shown too.
        /// </summary>
        public void Subscribe(
            float framesPerSecond,
            double budgetSeconds = 0.05,
            FrameFormat format = FrameFormat.Unspecified,
            LadderPolicy ladder = LadderPolicy.Any,
            bool keepLate = false)
        {
            throw new NotImplementedException();
        }

        /// <summary>Ends the subscription. Does nothing when there is none.</summary>
        public void Unsubscribe()
        {
            throw new NotImplementedException();
        }

        /// <summary>
        /// Asks for one frame as the avatar is now; returns its index, or 0 when nothing can be sent just now. The newest
        /// request replaces one that has not started.
        /// </summary>
        public long Ask(
            double budgetSeconds = 0.05,
            FrameFormat format = FrameFormat.Unspecified,
            LadderPolicy ladder = LadderPolicy.Any)
        {
            throw new NotImplementedException();
        }

        /// <summary>Takes the newest complete frame if there is one that was not taken yet. Main thread only.</summary>
        public bool TryTakeNewest(out TextureFrame frame)
        {
            throw new NotImplementedException();
        }

        /// <summary>
        /// Takes the newest report about a frame that was not sent, or about a look or a subscription that was wrong
        /// (<see cref="AvatarReport.FrameIndex"/> 0). An older report that nobody took is replaced. Main thread only.
        /// </summary>
        public bool TryTakeReport(out AvatarReport report)
        {
            throw new NotImplementedException();
        }

        /// <summary>Frees the slot and ends its subscription. May be called twice.</summary>
        public void Close()
        {
            throw new NotImplementedException();
        }
    }
}
