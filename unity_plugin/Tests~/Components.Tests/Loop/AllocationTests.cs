using System;
using System.Threading;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using UnityEngine.LowLevel;
using UnityEngine.Stub;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    public sealed class AllocationTests : PlayFixture
    {
        private const int Avatars = 8;
        private const int WarmUp = 120;
        private const int Frames = 600;

        private CapabilityStatistics _statistics;
        private long _before;
        private long _made;

        [TestCase(false)]
        [TestCase(true)]
        public void The_step_makes_no_garbage_in_600_frames_with_avatars_a_character_and_a_camera(bool bundles)
        {
            Server.TakesBundles = bundles;
            _made = 0;
            Assert.That(
                Environment.GetEnvironmentVariable("DOTNET_JitObjectStackAllocation"),
                Is.EqualTo("0"),
                "objects on the stack would be counted as none; run with test.runsettings");
            _statistics = Connect().Client.Statistics.Avatar;
            AvatarTexture[] avatars = MakeAvatars();
            NpcDialogue npc = Make<NpcDialogue>();
            Make<BridgeHud>();
            CameraRecognizer camera = MakeCamera();
            Until(() => Server.Avatars.Subscriptions().Count == Avatars && camera.SentCount > 0, "all is on its way");
            npc.Say("Tell me a long story");
            Until(() => Server.Dialogue.Said().Count == 1, "the words reach the server");
            UseAllBuffersOnce(camera);
            long index = Play(WarmUp, 0, avatars);
            long uploads = Uploads(avatars);
            long sent = camera.SentCount;

            PlayerLoop.StubAround += Measure;
            Play(Frames, index, avatars);
            PlayerLoop.StubAround -= Measure;

            Assert.That(Uploads(avatars) - uploads, Is.GreaterThan(Avatars * Frames / 2), "frames were uploaded meanwhile");
            Assert.That(camera.SentCount - sent, Is.GreaterThan(20), "pictures went up meanwhile");
            Assert.That(Server.PartsOf(BridgeStream.Avatar).Exists(parts => parts > 1), Is.EqualTo(bundles), "bundles went up");
            Assert.That(npc.State, Is.EqualTo(NpcState.Speaking), "the character spoke meanwhile");
            Assert.That(_made, Is.Zero, "bytes allocated in the step");
        }

        /// <summary>A buffer has its size after its first picture; on a slow link all three are used.</summary>
        private void UseAllBuffersOnce(CameraRecognizer camera)
        {
            Server.Recognition.Way.Reset();
            Until(() => camera.SentCount - Server.Recognition.Frames().Count == 3, "three pictures wait on a blocked way");
            Server.Recognition.Way.Set();
        }

        private static long Uploads(AvatarTexture[] avatars)
        {
            long sum = 0;
            foreach (AvatarTexture avatar in avatars)
            {
                sum += avatar.UploadCount;
            }

            return sum;
        }

        private static AvatarTexture[] MakeAvatars()
        {
            var made = new AvatarTexture[Avatars];
            for (int i = 0; i < Avatars; i++)
            {
                made[i] = Make<AvatarTexture>(avatar =>
                {
                    avatar.TargetRenderer = Renderer();
                    avatar.KeepLate = true;
                });
            }

            return made;
        }

        private static MeshRenderer Renderer()
        {
            MeshRenderer renderer = Make<MeshRenderer>();
            renderer.sharedMaterial = new Material(new Shader("test", "_MainTex"));
            return renderer;
        }

        private static CameraRecognizer MakeCamera() => Make<CameraRecognizer>(made =>
        {
            made.Source = CameraSource.Texture;
            made.Texture = new RenderTexture(64, 48, 0, GraphicsFormat.R8G8B8A8_SRGB);
            made.SceneCamera = Make<Camera>();
            made.Classify = true;
            made.DetectSeconds = 10f;
        });

        private long Play(int frames, long index, AvatarTexture[] avatars)
        {
            V1.ConverseSay say = Server.Dialogue.Said()[0];
            long received = _statistics.ReceivedPartCount;
            for (int i = 0; i < frames; i++)
            {
                index++;
                foreach (AvatarTexture avatar in avatars)
                {
                    Server.Avatars.SendFrame(avatar.SlotNumber, index, index % 50 < 25 ? 64 : 32);
                }

                if (i % 8 == 0)
                {
                    Server.Dialogue.Token(say, "word ");
                }

                foreach (V1.CameraFrame frame in Server.Recognition.Take())
                {
                    Server.Recognition.Detect(frame, "dog", 1f, 1f, 2f, 2f);
                }

                WaitFor(received + (Avatars * (i + 1L)));
                StubPlayer.Tick();
            }

            return index;
        }

        /// <summary>Waits until the receiving thread has the frame, so that there is something to upload.</summary>
        private void WaitFor(long received) => Assert.That(
            SpinWait.SpinUntil(() => _statistics.ReceivedPartCount >= received, TimeSpan.FromSeconds(30)),
            Is.True,
            "the client has the frames");

        private void Measure(Type system, bool begins)
        {
            if (begins)
            {
                _before = GC.GetAllocatedBytesForCurrentThread();
            }
            else
            {
                _made += GC.GetAllocatedBytesForCurrentThread() - _before;
            }
        }
    }
}
