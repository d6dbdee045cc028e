using System;
using System.Threading;
using NUnit.Framework;
using UnityEngine.Stub;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>Plays on the game's clock: a problem due within a second is expected after a second of frames.</summary>
    public abstract class ProblemFixture : PlayFixture
    {
        protected const int Second = 60; // frames

        private long _index;

        /// <summary>Plays a second of frames; in every other one the server refuses a frame of the avatar.</summary>
        internal void Refuse(AvatarTexture avatar, V1.Outcome outcome, int frames = Second)
        {
            CapabilityStatistics told = avatar.Connection.Client.Statistics.Avatar;
            for (int i = 0; i < frames; i++)
            {
                if (i % 2 == 0)
                {
                    long before = Unanswered(told);
                    Server.Avatars.SendStatus(avatar.SlotNumber, ++_index, outcome);
                    WaitUntil(() => Unanswered(told) > before, "the client has heard it");
                }

                StubPlayer.Tick();
            }
        }

        private static long Unanswered(CapabilityStatistics told) => told.LateCount + told.SupersededCount + told.UnchangedCount;

        /// <summary>A frame of the avatar arrives on time and is shown.</summary>
        internal void Show(AvatarTexture avatar)
        {
            long before = avatar.UploadCount;
            Server.Avatars.SendFrame(avatar.SlotNumber, ++_index, 32);
            Until(() => avatar.UploadCount > before, "a frame is shown");
        }

        internal AvatarTexture Subscribed(Action<AvatarTexture> prepare = null)
        {
            AvatarTexture avatar = Make<AvatarTexture>(made =>
            {
                made.KeepLate = true; // a busy machine must not make a frame vanish
                prepare?.Invoke(made);
            });
            Until(() => Server.Avatars.Subscriptions().Count > 0 && Server.Avatars.IsOpen, "it subscribes");
            return avatar;
        }

        /// <summary>Waits for other threads, without a frame.</summary>
        protected static void WaitUntil(Func<bool> holds, string what) =>
            Assert.That(SpinWait.SpinUntil(holds, TimeSpan.FromSeconds(30)), Is.True, "never: " + what);
    }
}
