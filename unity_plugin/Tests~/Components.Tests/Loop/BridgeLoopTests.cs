using System;
using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.LowLevel;
using UnityEngine.PlayerLoop;
using UnityEngine.Stub;

namespace FrameBridge.Components.Tests
{
    public sealed class BridgeLoopTests : PlayFixture
    {
        [Test]
        public void The_step_runs_once_a_frame_before_Update()
        {
            Make<BridgeHud>();

            Assert.That(Steps(), Is.EqualTo(1));
            PlayerLoopSystem phase = PlayerLoop.GetCurrentPlayerLoop().subSystemList.Single(item => item.type == typeof(PreUpdate));
            Assert.That(phase.subSystemList.Last().type, Is.EqualTo(typeof(BridgeLoop)));
        }

        [Test]
        public void The_update_ends_once_a_frame_after_LateUpdate()
        {
            BridgeHud hud = Make<BridgeHud>();

            PlayerLoopSystem phase = PlayerLoop.GetCurrentPlayerLoop().subSystemList.Single(item => item.type == typeof(PreLateUpdate));
            Assert.That(phase.subSystemList.Last().type, Is.EqualTo(typeof(BridgeLoopEnd)));
            hud.enabled = false;
            Assert.That(Count(PlayerLoop.GetCurrentPlayerLoop(), typeof(BridgeLoopEnd)), Is.Zero);
        }

        [Test]
        public void What_all_components_send_on_a_stream_in_a_frame_goes_up_as_one_message()
        {
            Server.TakesBundles = true;
            Connect();
            AvatarTexture[] avatars = Three();
            Until(() => Server.Avatars.Subscriptions().Count == 3, "all subscribe");
            int before = Server.PartsOf(BridgeStream.Avatar).Count;
            int looks = Server.Avatars.Looks().Count;
            foreach (AvatarTexture avatar in avatars)
            {
                avatar.SetExpression("smile", 0.5f);
            }

            StubPlayer.Tick();
            Until(() => Server.Avatars.Looks().Count == looks + 3, "all looks come");

            Assert.That(Server.PartsOf(BridgeStream.Avatar).Skip(before), Is.EqualTo(new[] { 3 }));
        }

        [Test]
        public void What_a_script_sends_in_LateUpdate_goes_up_in_the_same_frame()
        {
            Server.TakesBundles = true;
            BridgeConnection connection = Connect();
            NpcDialogue[] characters = Enumerable.Range(0, 2).Select(number => Make<NpcDialogue>(made => made.ConversationName = "c" + number)).ToArray();
            Until(() => connection.Client.Dialogue.IsOpen, "the stream is open");
            StubPlayer.Ticks(2);
            LateTalker talker = Make<LateTalker>();
            talker.Characters = characters;
            StubPlayer.Tick();
            talker.Characters = Array.Empty<NpcDialogue>();

            Assert.That(
                SpinUntil(() => Server.Dialogue.Said().Count == 2),
                Is.True,
                "both lines came without another frame");
            Assert.That(Server.PartsOf(BridgeStream.Dialogue).Last(), Is.EqualTo(2));
        }

        private static bool SpinUntil(Func<bool> holds) => System.Threading.SpinWait.SpinUntil(holds, TimeSpan.FromSeconds(30));

        private sealed class LateTalker : MonoBehaviour
        {
            internal NpcDialogue[] Characters { get; set; } = Array.Empty<NpcDialogue>();

            private void LateUpdate()
            {
                foreach (NpcDialogue character in Characters)
                {
                    character.Say("Good evening");
                }
            }
        }

        [Test]
        public void Many_components_share_one_step_and_the_last_one_takes_it_out()
        {
            BridgeHud one = Make<BridgeHud>();
            BridgeHud two = Make<BridgeHud>();
            Assert.That(Steps(), Is.EqualTo(1));

            one.enabled = false;
            Assert.That(Steps(), Is.EqualTo(1));
            two.gameObject.SetActive(false);
            Assert.That(Steps(), Is.Zero);
            Assert.That(Application.StubQuittingSubscribers, Is.Zero);

            one.enabled = true;
            Assert.That(Steps(), Is.EqualTo(1));
        }

        [Test]
        public void The_step_survives_another_scene()
        {
            BridgeConnection kept = Connect();
            kept.KeepAcrossScenes = true;
            kept.enabled = false;
            kept.enabled = true; // read when it is enabled
            AvatarTexture before = Make<AvatarTexture>(made => made.KeepLate = true);

            StubPlayer.LoadScene();
            Assert.That(before == null, Is.True);
            Until(() => kept.State == BridgeState.Ready, "the connection is ready");
            AvatarTexture after = Make<AvatarTexture>(made => made.KeepLate = true);
            Until(() => Server.Avatars.Subscriptions().Any(item => item.Slot == after.SlotNumber), "the new scene's avatar subscribes");

            Assert.That(Steps(), Is.EqualTo(1));
        }

        [Test]
        public void A_fault_of_one_component_is_not_the_others()
        {
            ExceptionsExpected = true;
            BridgeConnection connection = Connect(wait: false);
            connection.StateChanged += _ => throw new InvalidOperationException("a listener's fault");
            AvatarTexture avatar = Make<AvatarTexture>(made => made.KeepLate = true);

            Until(
                () => UnityEngine.Debug.StubEntries.Any(entry => entry.Text.Contains("a listener's fault")),
                "the fault is in the console");
            Until(() => Server.Avatars.Subscriptions().Any(item => item.Slot == avatar.SlotNumber), "the avatar goes on");
        }

        [Test]
        public void Who_is_put_off_is_first_in_the_next_frame()
        {
            Connect();
            AvatarTexture[] avatars = Three();
            Until(() => Server.Avatars.Subscriptions().Count == 3, "all subscribe");
            BridgeLoop.BudgetMilliseconds = 1e-6; // nobody but the first gets a turn
            long before = BridgeLoop.PutOffCount;

            foreach (AvatarTexture avatar in avatars)
            {
                Server.Avatars.SendFrame(avatar.SlotNumber, 1, 32);
            }

            Until(() => avatars.All(avatar => avatar.UploadCount == 1), "each gets its turn");
            Assert.That(BridgeLoop.PutOffCount, Is.GreaterThan(before));
        }

        [Test]
        public void In_a_frame_out_of_time_exactly_one_avatar_uploads()
        {
            Connect();
            AvatarTexture[] avatars = Three();
            Until(() => Server.Avatars.Subscriptions().Count == 3, "all subscribe");
            BridgeLoop.BudgetMilliseconds = 1e-6;
            int applied = 0;
            Texture2D.StubApplied += _ => applied++;
            long index = 0;
            for (int frame = 0; frame < 12; frame++)
            {
                index++;
                foreach (AvatarTexture avatar in avatars)
                {
                    Server.Avatars.SendFrame(avatar.SlotNumber, index, 32);
                }

                int before = applied;
                StubPlayer.Tick();
                Assert.That(applied - before, Is.LessThanOrEqualTo(1));
            }
        }

        [Test]
        public void A_budget_of_nothing_is_refused()
        {
            Assert.That(() => BridgeLoop.BudgetMilliseconds = 0, Throws.TypeOf<ArgumentOutOfRangeException>());
        }

        private static AvatarTexture[] Three() =>
            Enumerable.Range(0, 3).Select(_ => Make<AvatarTexture>(made => made.KeepLate = true)).ToArray();

        private static int Steps() => Count(PlayerLoop.GetCurrentPlayerLoop(), typeof(BridgeLoop));

        private static int Count(PlayerLoopSystem system, Type type) =>
            (system.type == type ? 1 : 0)
            + (system.subSystemList ?? Array.Empty<PlayerLoopSystem>()).Sum(inner => Count(inner, type));
    }
}
