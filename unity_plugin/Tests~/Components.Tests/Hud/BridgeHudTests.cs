using System;
using NUnit.Framework;
using Unity.Profiling;
using UnityEngine;
using UnityEngine.Stub;
using UnityEngine.UI;
using UnityEngine.XR;

namespace FrameBridge.Components.Tests
{
    public sealed class BridgeHudTests : PlayFixture
    {
        [Test]
        public void It_writes_how_the_connection_is_doing()
        {
            BridgeConnection connection = Connect();
            Text label = MakeLabel();
            BridgeHud hud = Make<BridgeHud>(made => made.Label = label);
            AvatarTexture avatar = Make<AvatarTexture>(made => made.KeepLate = true);
            Until(() => Server.Avatars.Subscriptions().Count == 1, "it subscribes");
            Server.Avatars.SendFrame(avatar.SlotNumber, 1, 32);
            Until(() => avatar.UploadCount == 1, "a frame is shown");
            StubPlayer.Ticks(40);

            Assert.That(label.text, Does.Contain("Ready").And.Contain("avatars").And.Contain("% in budget").And.Contain("p99"));
            Assert.That(hud.Text, Is.EqualTo(label.text));
            Assert.That(World.Count<Canvas>(), Is.EqualTo(1), "it needs no canvas of its own");
            Assert.That(connection.Client.Statistics.Avatar.ReceivedBytes, Is.GreaterThan(4096));
            Assert.That(
                StubProfiler.Counter<long>("FrameBridge avatar frames received"),
                Is.EqualTo(connection.Client.Statistics.Avatar.ReceivedBytes));
        }

        [Test]
        public void It_writes_twice_a_second()
        {
            Connect();
            BridgeHud hud = Make<BridgeHud>(made => made.Label = MakeLabel());
            StubPlayer.Tick();
            int written = 0;
            for (int i = 0; i < 120; i++)
            {
                string before = hud.Text;
                StubPlayer.Tick();
                written += ReferenceEquals(before, hud.Text) ? 0 : 1;
            }

            Assert.That(written, Is.InRange(3, 4), "in two seconds");
        }

        [Test]
        public void Markers_are_opened_and_closed()
        {
            Connect();
            AvatarTexture avatar = Make<AvatarTexture>(made => made.KeepLate = true);
            Until(() => Server.Avatars.Subscriptions().Count == 1, "it subscribes");
            int before = StubProfiler.Times("FrameBridge.Upload");
            Server.Avatars.SendFrame(avatar.SlotNumber, 1, 32);
            Until(() => avatar.UploadCount == 1, "a frame is shown");

            Assert.That(StubProfiler.Times("FrameBridge.Upload"), Is.EqualTo(before + 1));
            Assert.That(StubProfiler.Times("FrameBridge.Step"), Is.GreaterThan(0));
        }

        [Test]
        public void Without_a_label_it_makes_a_canvas_of_its_own()
        {
            BridgeHud hud = Make<BridgeHud>();
            StubPlayer.Ticks(2);

            Text drawn = Drawn();
            Assert.That(drawn.text, Is.EqualTo(hud.Text).And.Contain("no connection"));
            Assert.That(drawn.canvas.renderMode, Is.EqualTo(RenderMode.ScreenSpaceOverlay));
            Assert.That(drawn.raycastTarget, Is.False, "it stands in no click's way");
            var corners = new Vector3[4];
            drawn.rectTransform.GetWorldCorners(corners);
            Assert.That((corners[1].x, corners[1].y), Is.EqualTo((8f, Screen.height - 8f)), "at the top left");
        }

        [Test]
        public void Its_own_canvas_is_made_again_in_the_next_scene()
        {
            BridgeHud hud = Make<BridgeHud>();
            UnityEngine.Object.DontDestroyOnLoad(hud);
            StubPlayer.Tick();
            StubPlayer.LoadScene();
            StubPlayer.Ticks(40);

            Assert.That(Drawn().text, Is.EqualTo(hud.Text));
        }

        [TestCase(true)]
        [TestCase(false)]
        public void What_it_has_made_goes_when_it_is_off(bool destroyed)
        {
            BridgeHud hud = Make<BridgeHud>();
            StubPlayer.Tick();
            Assert.That(World.Count<Canvas>(), Is.EqualTo(1));

            hud.enabled = false;
            if (destroyed)
            {
                UnityEngine.Object.Destroy(hud.gameObject);
            }

            StubPlayer.Ticks(2);

            Assert.That(World.Count<Canvas>(), Is.Zero);
            Assert.That(World.Count<Text>(), Is.Zero);
        }

        [Test]
        public void Hidden_it_writes_nothing()
        {
            Connect();
            Text label = MakeLabel();
            BridgeHud hud = Make<BridgeHud>(made => made.Label = label);
            StubPlayer.Tick();
            hud.Visible = false;
            StubPlayer.Ticks(5);
            Assert.That(label.text, Is.Empty);

            hud.Visible = true;
            StubPlayer.Tick();
            Assert.That(label.text, Does.Contain("FrameBridge"));
        }

        [Test]
        public void In_a_headset_its_canvas_lies_in_the_world_before_the_eyes()
        {
            Camera eye = MakeEye();
            XRDisplaySubsystem headset = SubsystemManager.StubAdd(new XRDisplaySubsystem());
            Make<BridgeHud>();
            StubPlayer.Ticks(2);
            Assert.That(Drawn().canvas.StubShowsInHeadset, Is.False, "nobody wears it");

            headset.Start();
            StubPlayer.Tick();
            Canvas canvas = Drawn().canvas;
            Assert.That(canvas.StubShowsInHeadset, Is.True);
            AssertWhollySeen(canvas, eye);

            eye.transform.SetPositionAndRotation(new Vector3(3f, 1f, -2f), Quaternion.Euler(20f, 130f, 5f));
            StubPlayer.Tick();
            AssertWhollySeen(canvas, eye);

            headset.Stop();
            StubPlayer.Tick();
            Assert.That(canvas.renderMode, Is.EqualTo(RenderMode.ScreenSpaceOverlay));
        }

        [Test]
        public void A_pose_that_comes_just_before_the_picture_is_followed_too()
        {
            Camera eye = MakeEye();
            Application.onBeforeRender += () => eye.transform.position += Vector3.right; // as a headset's driver does
            Make<BridgeHud>(made => made.Display = CanvasPlace.World);
            StubPlayer.Ticks(3);

            AssertWhollySeen(Drawn().canvas, eye);
        }

        [TestCase("FrameBridge HUD", RenderMode.ScreenSpaceOverlay)]
        [TestCase("FrameBridge HUD (world space)", RenderMode.WorldSpace)]
        public void The_prefab_shows_it(string prefab, RenderMode mode)
        {
            Camera eye = MakeEye();
            Connect();
            GameObject made = PackageFiles.Instantiate(prefab);
            StubPlayer.Ticks(40);

            BridgeHud hud = made.GetComponent<BridgeHud>();
            Assert.That(Drawn(), Is.SameAs(hud.Label));
            Assert.That(hud.Label.text, Does.Contain("Ready"));
            Canvas canvas = made.GetComponent<Canvas>();
            Assert.That(canvas.renderMode, Is.EqualTo(mode));
            if (mode == RenderMode.WorldSpace)
            {
                AssertWhollySeen(canvas, eye);
            }
            else
            {
                Screens.AssertAllInside(made.GetComponentsInChildren<Graphic>());
            }
        }

        /// <summary>The only visible text.</summary>
        private static Text Drawn()
        {
            Text[] drawn = Array.FindAll(
                UnityEngine.Object.FindObjectsByType<Text>(FindObjectsSortMode.None), text => text.StubIsDrawn);
            Assert.That(drawn, Has.Length.EqualTo(1));
            return drawn[0];
        }

        private static Camera MakeEye() => Camera.main = Make<Camera>(made => made.gameObject.tag = "MainCamera");

        private static Text MakeLabel()
        {
            var canvas = new GameObject("canvas").AddComponent<Canvas>();
            canvas.renderMode = RenderMode.ScreenSpaceOverlay;
            Text label = new GameObject("label").AddComponent<Text>();
            label.transform.SetParent(canvas.transform, false);
            label.font = Resources.GetBuiltinResource<Font>("LegacyRuntime.ttf");
            return label;
        }

        private static void AssertWhollySeen(Canvas canvas, Camera eye)
        {
            var corners = new Vector3[4];
            ((RectTransform)canvas.transform).GetWorldCorners(corners);
            foreach (Vector3 corner in corners)
            {
                Vector3 seen = eye.WorldToViewportPoint(corner);
                Assert.That(seen.z, Is.EqualTo(1.5f).Within(0.01f), "metres before the eye");
                Assert.That(seen.x, Is.InRange(0f, 1f));
                Assert.That(seen.y, Is.InRange(0f, 1f));
            }

            Assert.That(Vector3.Distance(corners[0], corners[3]), Is.EqualTo(1.2f).Within(0.01f), "metres wide");
        }
    }
}
