using System.Collections.Generic;
using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Stub;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>An avatar's problem when no frame arrives.</summary>
    public sealed class AvatarProblemTests : ProblemFixture
    {
        private static IEnumerable<TestCaseData> Refusals()
        {
            yield return Row(
                Outcomes.Refused(V1.ErrorReason.UnknownModel, "model 'avatar' is still loading (warming up); ask again in a moment"),
                "still loading (warming up)").SetName("the model is loading");
            yield return Row(
                Outcomes.Refused(V1.ErrorReason.UnknownModel, "model 'avatar' could not be loaded (no such file); mend that"),
                "no such file").SetName("the model could not be loaded");
            yield return Row(
                Outcomes.OverBudget(0.07, V1.Stage.Compute), "120 ms", "50 ms", "Budget Seconds", "0.15").SetName("the budget is too small");
            yield return Row(
                Outcomes.OverBudget(0.01, V1.Stage.Blocked, "dialogue", missed: true), "'dialogue'").SetName("another model blocks");
            yield return Row(Outcomes.Refused(V1.ErrorReason.Overloaded), "queue is full", "Frames Per Second").SetName("overloaded");
            yield return Row(
                Outcomes.Of(V1.Disposition.Failed, V1.ErrorReason.DeviceLost, "the device hangs"), "the device hangs").SetName("the device is lost");
            yield return Row(
                Outcomes.Of(V1.Disposition.Superseded, V1.ErrorReason.Superseded, ""), "still in transit").SetName("the server holds frames back");
        }

        [TestCaseSource(nameof(Refusals))]
        public void What_the_server_refuses_for_is_said_within_a_second_and_goes_with_the_next_frame(object outcome, string[] words)
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            Show(avatar);
            Assert.That(avatar.Problem, Is.Empty);
            int logged = UnityEngine.Debug.StubCount(LogType.Warning);

            Refuse(avatar, (V1.Outcome)outcome);

            foreach (string word in words)
            {
                Assert.That(avatar.Problem, Does.Contain(word));
            }

            Assert.That(UnityEngine.Debug.StubCount(LogType.Warning), Is.EqualTo(logged + 1));
            Show(avatar);
            Assert.That(avatar.Problem, Is.Empty);
        }

        [Test]
        public void A_problem_that_comes_and_goes_is_logged_once()
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            for (int i = 0; i < 5; i++)
            {
                Refuse(avatar, Outcomes.OverBudget(0.07 + (i * 0.05), V1.Stage.Compute));
                Assert.That(avatar.Problem, Is.Not.Empty);
                Show(avatar);
            }

            Assert.That(UnityEngine.Debug.StubCount(LogType.Warning), Is.EqualTo(1));
        }

        [Test]
        public void One_refused_frame_among_others_is_no_problem()
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            for (int i = 0; i < 20; i++)
            {
                Show(avatar);
                Refuse(avatar, Outcomes.OverBudget(0.07, V1.Stage.Compute), frames: 2);
                Assert.That(avatar.Problem, Is.Empty);
            }
        }

        [Test]
        public void A_link_that_takes_more_than_the_budget_is_named_with_both()
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            Show(avatar);

            Refuse(avatar, Outcomes.OverBudget(0.033, V1.Stage.Transport));

            Assert.That(avatar.Problem, Does.Contain("83 ms").And.Contain("50 ms").And.Contain("link"));
        }

        [Test]
        public void An_avatar_that_stays_the_same_is_no_problem()
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            avatar.HeartbeatSeconds = 1f;
            Show(avatar);

            Refuse(avatar, Outcomes.Of(V1.Disposition.Unchanged, V1.ErrorReason.Unspecified, string.Empty), frames: 60);

            Assert.That(avatar.Problem, Is.Empty);
            Assert.That(avatar.Connection.Client.Statistics.Avatar.UnchangedCount, Is.EqualTo(30));
        }

        [Test]
        public void Nothing_at_all_is_said_within_a_second()
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            Show(avatar);

            StubPlayer.Ticks(Second);

            Assert.That(avatar.Problem, Does.Contain("although the connection is ready"));
            Show(avatar);
            Assert.That(avatar.Problem, Is.Empty);
        }

        [TestCase(ModelState.Loading, "warming up", "still loading on the server (warming up)")]
        [TestCase(ModelState.Failed, "no such file", "could not be loaded on the server: no such file")]
        [TestCase(ModelState.Unloaded, "", "not loaded on the server")]
        [TestCase(ModelState.Unspecified, "", "does not know")]
        public void A_server_that_says_nothing_is_known_by_its_list_of_models(ModelState state, string detail, string words)
        {
            Server.Models = new[]
            {
                ScriptedServer.Model(state == ModelState.Unspecified ? "other" : "avatar", Capability.Avatar, state, detail),
            };
            Connect();
            AvatarTexture avatar = Subscribed();

            StubPlayer.Ticks(Second);
            Assert.That(avatar.Problem, Does.Contain(words), "in silence");
            Refuse(avatar, Outcomes.Refused(V1.ErrorReason.UnknownModel));

            Assert.That(avatar.Problem, Does.Contain(state == ModelState.Unspecified ? "not loaded" : "model"), "when it refuses");
            Show(avatar);
            Assert.That(avatar.Problem, Is.Empty);
        }

        [Test]
        public void Frames_that_are_late_on_the_way_name_the_link_and_the_budget()
        {
            Connect();
            AvatarTexture avatar = Subscribed(made =>
            {
                made.KeepLate = false;
                made.BudgetSeconds = 0.001f;
            });
            CapabilityStatistics told = avatar.Connection.Client.Statistics.Avatar;
            for (int i = 0; i < Second; i++)
            {
                long before = told.LateCount;
                Server.Avatars.SendFrame(avatar.SlotNumber, 1000 - i, 32, serverMicros: 200_000);
                WaitUntil(() => told.LateCount > before, "the late frame has come");
                StubPlayer.Tick();
            }

            Assert.That(avatar.UploadCount, Is.Zero);
            Assert.That(avatar.Problem, Does.Contain("arrive too late").And.Contain("Budget Seconds allows 1.0 ms"));
        }

        [Test]
        public void A_refused_look_is_not_covered_by_what_follows_from_it()
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            int slot = avatar.SlotNumber;

            Server.Avatars.SendStatus(slot, 0, V1.Disposition.Invalid, "no attribute 'tail'");
            Server.Avatars.SendStatus(slot, 0, Outcomes.Of(V1.Disposition.Invalid, V1.ErrorReason.Malformed, "slot 0 has no look"));
            Until(() => avatar.Problem.Length > 0, "the problem is told");
            StubPlayer.Ticks(Second);
            Assert.That(avatar.Problem, Is.EqualTo("no attribute 'tail'"));

            avatar.FramesPerSecond = 20f; // it subscribes anew
            StubPlayer.Tick();
            Server.Avatars.SendStatus(slot, 0, Outcomes.Of(V1.Disposition.Invalid, V1.ErrorReason.Malformed, "slot 0 has no look"));
            StubPlayer.Ticks(Second);
            Assert.That(avatar.Problem, Is.EqualTo("no attribute 'tail'"));
        }

        [Test]
        public void A_refused_look_is_told_while_frames_of_the_look_before_come_and_goes_with_another_look()
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            Show(avatar);
            Server.Avatars.SendStatus(avatar.SlotNumber, 0, V1.Disposition.Invalid, "no expression 'wink'");
            Until(() => avatar.Problem.Length > 0, "the problem is told");

            Show(avatar);
            Assert.That(avatar.Problem, Is.EqualTo("no expression 'wink'"));

            avatar.Expression = "smile";
            Show(avatar);
            Assert.That(avatar.Problem, Is.Empty);
        }

        [Test]
        public void A_look_that_mends_a_refused_one_brings_the_subscription_back()
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            Server.Avatars.SendStatus(avatar.SlotNumber, 0, V1.Disposition.Invalid, "no expression 'wink'");
            Until(() => avatar.Problem.Length > 0, "the problem is told");

            avatar.Expression = "smile";
            Until(() => Server.Avatars.Subscriptions().Count == 2, "it subscribes again");

            avatar.Expression = "calm";
            StubPlayer.Ticks(3);
            Server.Avatars.SendStatus(avatar.SlotNumber, 0, Outcomes.Of(V1.Disposition.Invalid, V1.ErrorReason.Malformed, "slot 0 has no look"));
            Until(() => Server.Avatars.Subscriptions().Count == 3, "and when the refusal comes after the other look");
            StubPlayer.Ticks(3);
            Assert.That(avatar.Problem, Is.Empty);
        }

        [Test]
        public void Without_a_connection_it_says_so_in_its_first_frame()
        {
            AvatarTexture avatar = Make<AvatarTexture>();

            StubPlayer.Tick();

            Assert.That(avatar.Problem, Does.Contain("no connection is enabled"));
        }

        [Test]
        public void What_the_connection_says_is_said_by_the_avatar_and_logged_once_for_all()
        {
            Server.IsUp = false;
            BridgeConnection connection = Connect(wait: false);
            AvatarTexture one = Make<AvatarTexture>();
            AvatarTexture two = Make<AvatarTexture>();
            Until(() => connection.Problem.Length > 0, "the connection has a problem");
            StubPlayer.Ticks(Second);

            Assert.That(one.Problem, Is.EqualTo(connection.Problem));
            Assert.That(two.Problem, Is.EqualTo(connection.Problem).And.Contain("no server answers"));
            Assert.That(UnityEngine.Debug.StubCount(LogType.Warning), Is.EqualTo(1));

            Server.IsUp = true;
            Until(() => connection.State == BridgeState.Ready && one.SlotNumber >= 0 && Server.Avatars.IsOpen, "it is there");
            Until(() => Server.Avatars.Subscriptions().Count >= 2, "both subscribe");
            Show(one);
            Assert.That(one.Problem, Is.Empty);
        }

        [Test]
        public void A_connection_that_was_disabled_is_named()
        {
            BridgeConnection connection = Connect();
            AvatarTexture avatar = Subscribed(made => made.Connection = connection);

            connection.enabled = false;
            StubPlayer.Tick();

            Assert.That(avatar.Problem, Does.Contain("disabled"));
        }

        [Test]
        public void All_slots_in_use_is_told()
        {
            BridgeConnection connection = Connect();
            for (int i = 0; i < 32; i++)
            {
                connection.Client.Avatars.OpenSlot();
            }

            AvatarTexture avatar = Make<AvatarTexture>();
            StubPlayer.Ticks(2);

            Assert.That(avatar.Problem, Does.Contain("all 32 avatar slots"));
        }

        [Test]
        public void An_avatar_that_asks_for_nothing_or_is_disabled_has_no_problem()
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            StubPlayer.Ticks(Second);
            Assert.That(avatar.Problem, Is.Not.Empty);

            avatar.enabled = false;
            Assert.That(avatar.Problem, Is.Empty);

            MeshRenderer renderer = Make<MeshRenderer>();
            renderer.sharedMaterial = new Material(new Shader("test", "_MainTex"));
            renderer.StubSetVisible(false);
            AvatarTexture unseen = Make<AvatarTexture>(made =>
            {
                made.TargetRenderer = renderer;
                made.OffScreenFramesPerSecond = 0f;
            });
            StubPlayer.Ticks(3 * Second);
            Assert.That(unseen.CurrentRate, Is.Zero);
            Assert.That(unseen.Problem, Is.Empty);
        }

        [Test]
        public void A_problem_that_lasts_makes_no_garbage()
        {
            Connect();
            AvatarTexture avatar = Subscribed();
            NpcDialogue npc = Make<NpcDialogue>();
            Refuse(avatar, Outcomes.Refused(V1.ErrorReason.UnknownModel, "model 'avatar' is still loading"), 5 * Second);
            long made = 0;
            long before = 0;
            UnityEngine.LowLevel.PlayerLoop.StubAround += Measure;
            Refuse(avatar, Outcomes.Refused(V1.ErrorReason.UnknownModel, "model 'avatar' is still loading"), 2 * Second);
            UnityEngine.LowLevel.PlayerLoop.StubAround -= Measure;

            Assert.That(avatar.Problem, Does.Contain("still loading"));
            Assert.That(npc.Problem, Is.Empty);
            Assert.That(made, Is.Zero);

            void Measure(System.Type system, bool begins)
            {
                long now = System.GC.GetAllocatedBytesForCurrentThread();
                made += begins ? 0 : now - before;
                before = now;
            }
        }

        private static TestCaseData Row(V1.Outcome outcome, params string[] words) => new TestCaseData(outcome, words);
    }
}
