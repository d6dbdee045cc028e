using System;
using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.SceneManagement;
using UnityEngine.Stub;

namespace FrameBridge.Components.Tests
{
    /// <summary>Scenes with a kept connection: loaded again, they contain a copy that is removed.</summary>
    public sealed class KeptConnectionTests : PlayFixture
    {
        private BridgeSettings _settings;
        private int _clients;
        private Action<GameObject> _more;

        [SetUp]
        public void AScene()
        {
            _clients = 0;
            _more = null;
            _settings = ScriptableObject.CreateInstance<BridgeSettings>();
            SceneManager.StubBuild = _ => Bring("FrameBridge", made => _more?.Invoke(made.gameObject));
        }

        [Test]
        public void A_scene_that_is_loaded_again_brings_no_second_connection()
        {
            BridgeConnection kept = Load();
            Until(() => kept.State == BridgeState.Ready, "the connection is ready");
            BridgeClient client = kept.Client;

            for (int again = 0; again < 3; again++)
            {
                Load();
                StubPlayer.Tick();
                Assert.That(World.Count<BridgeConnection>(), Is.EqualTo(1));
                Assert.That(World.Count<GameObject>(), Is.EqualTo(1), "the copy's object is gone too");
            }

            Assert.That(BridgeConnection.Default, Is.SameAs(kept));
            Assert.That(kept.Client, Is.SameAs(client));
            Assert.That(_clients, Is.EqualTo(1));
            Assert.That(UnityEngine.Debug.StubEntries, Is.Empty);
        }

        [Test]
        public void Components_that_were_given_the_copy_use_the_kept_one()
        {
            BridgeConnection kept = Load();
            Until(() => kept.State == BridgeState.Ready, "the connection is ready");

            BridgeConnection copy = Load();
            AvatarTexture avatar = Make<AvatarTexture>(made =>
            {
                made.Connection = copy;
                made.KeepLate = true;
            });
            NpcDialogue npc = Make<NpcDialogue>(made => made.Connection = copy);
            CameraRecognizer recognizer = Make<CameraRecognizer>(made => made.Connection = copy);

            Assert.That(copy == null, Is.False, "it is destroyed at the end of the frame");
            for (int frame = 0; frame < 2; frame++)
            {
                Assert.That(avatar.Connection, Is.SameAs(kept));
                Assert.That(npc.Connection, Is.SameAs(kept));
                Assert.That(recognizer.Connection, Is.SameAs(kept));
                StubPlayer.Tick();
            }

            Assert.That(copy == null, Is.True);
            Until(() => avatar.SlotNumber >= 0, "the avatar has a slot of the kept connection");
            Until(() => npc.State == NpcState.Idle, "the character can be spoken to");
            Until(() => recognizer.SentCount > 0, "pictures go up");
        }

        [Test]
        public void With_two_kept_connections_each_is_followed_by_its_own()
        {
            BridgeConnection first = Bring("first");
            BridgeSettings other = ScriptableObject.CreateInstance<BridgeSettings>();
            other.Address = "elsewhere:50051";
            BridgeConnection second = Bring("second", made => made.Settings = other);
            BridgeConnection copy = Bring("second", made => made.Settings = other);
            AvatarTexture avatar = Make<AvatarTexture>(made => made.Connection = copy);
            StubPlayer.Ticks(2);

            Assert.That(BridgeConnection.Default, Is.SameAs(first));
            Assert.That(avatar.Connection, Is.SameAs(second), "not the default, which is for another server");
        }

        [Test]
        public void Another_asset_with_the_same_address_is_the_same_server()
        {
            BridgeConnection kept = Bring("kept", made => made.Settings = null);
            Bring("copy");
            StubPlayer.Tick();

            Assert.That(World.All<BridgeConnection>().Single(), Is.SameAs(kept));
        }

        [Test]
        public void Another_recording_is_another_connection()
        {
            var one = new TextAsset(new byte[0]);
            BridgeConnection kept = Bring("one", made => made.Recording = one);
            Bring("again", made => made.Recording = one);
            BridgeConnection two = Bring("two", made => made.Recording = new TextAsset(new byte[0]));
            BridgeConnection live = Bring("live");
            StubPlayer.Tick();

            Assert.That(World.All<BridgeConnection>(), Is.EqualTo(new[] { kept, two, live }));
        }

        [Test]
        public void One_that_is_not_to_be_kept_stays_beside_the_kept_one()
        {
            Bring("kept");
            BridgeConnection plain = Bring("plain", made => made.KeepAcrossScenes = false);
            StubPlayer.Tick();

            Assert.That(plain == null, Is.False);
            Assert.That(plain.Client, Is.Not.Null);
        }

        [Test]
        public void A_kept_connection_that_is_switched_off_stays_so()
        {
            BridgeConnection kept = Load();
            kept.enabled = false;

            Load();
            StubPlayer.Tick();

            Assert.That(World.All<BridgeConnection>().Single(), Is.SameAs(kept));
            Assert.That(BridgeConnection.Default, Is.Null);
        }

        [Test]
        public void The_copy_of_a_whole_object_goes_as_a_whole()
        {
            _more = holder => holder.AddComponent<BridgeHud>().Visible = false; // without a canvas of its own
            Load();
            Load();
            StubPlayer.Tick();

            Assert.That(World.Count<BridgeHud>(), Is.EqualTo(1));
            Assert.That(World.Count<GameObject>(), Is.EqualTo(1));
        }

        [Test]
        public void An_object_that_carries_something_else_stays_without_its_connection()
        {
            BridgeConnection kept = Load();
            BridgeHud hud = null;
            _more = holder => hud = holder.AddComponent<BridgeHud>();
            Load();
            StubPlayer.Tick();

            Assert.That(World.All<BridgeConnection>().Single(), Is.SameAs(kept));
            Assert.That(hud == null, Is.False);
            Assert.That(hud.GetComponent<BridgeConnection>() == null, Is.True);
        }

        [Test]
        public void A_child_is_not_kept_and_says_why()
        {
            var parent = new GameObject("level");
            BridgeConnection child = Bring("net", made => made.transform.SetParent(parent.transform));

            Assert.That(UnityEngine.Debug.StubEntries.Single().Text, Does.Contain("'net'").And.Contain("'level'").And.Contain("root"));
            SceneManager.StubBuild = null;
            SceneManager.LoadScene("next");
            StubPlayer.Tick();
            Assert.That(child == null, Is.True);
            Assert.That(BridgeConnection.Default, Is.Null);
        }

        [Test]
        public void Set_from_code_it_is_kept_too()
        {
            BridgeConnection made = Bring("late", early => early.KeepAcrossScenes = false);
            made.KeepAcrossScenes = true;
            SceneManager.StubBuild = null;
            SceneManager.LoadScene("next");
            StubPlayer.Tick();
            Assert.That(made == null, Is.False);

            BridgeConnection other = Bring("later", early => early.KeepAcrossScenes = false);
            Assert.That(other.Client, Is.Not.Null);
            other.KeepAcrossScenes = true;
            Assert.That(other.Client, Is.Null, "it gives way at once");
        }

        [Test]
        public void Once_the_kept_one_is_destroyed_the_next_is_kept()
        {
            BridgeConnection kept = Load();
            UnityEngine.Object.DestroyImmediate(kept.gameObject);

            BridgeConnection next = Load();
            StubPlayer.Tick();

            Assert.That(next == null, Is.False);
            Assert.That(BridgeConnection.Default, Is.SameAs(next));
        }

        [Test]
        public void Statics_that_were_kept_make_nobody_give_way_in_the_next_play_mode()
        {
            Load();
            StubPlayer.ExitPlayMode();
            StubPlayer.EnterPlayMode(typeof(BridgeLoop).Assembly);

            BridgeConnection next = Bring("FrameBridge");
            StubPlayer.Tick();

            Assert.That(next == null, Is.False);
            Assert.That(BridgeConnection.Default, Is.SameAs(next));
        }

        [Test]
        public void Out_of_play_mode_nothing_is_kept()
        {
            StubPlayer.ExitPlayMode();
            Assert.That(() => Bring("in edit mode", made => made.ConnectOnEnable = false), Throws.Nothing);
            Assert.That(UnityEngine.Debug.StubEntries, Is.Empty);
            StubPlayer.EnterPlayMode(typeof(BridgeLoop).Assembly);
        }

        /// <summary>Loads the scene, and returns its connection.</summary>
        private BridgeConnection Load()
        {
            BridgeConnection brought = null;
            Action<GameObject> more = _more;
            _more = holder =>
            {
                more?.Invoke(holder);
                brought = holder.GetComponent<BridgeConnection>();
            };
            SceneManager.LoadScene("game");
            Loaded(() => brought);
            _more = more;
            return brought;
        }

        /// <summary>The scene loads at the start of the next frame; the test checks before that frame ends.</summary>
        private static void Loaded(Func<BridgeConnection> brought)
        {
            StubPlayer.Load();
            Assert.That(brought() is null, Is.False);
        }

        private BridgeConnection Bring(string name, Action<BridgeConnection> prepare = null)
        {
            var holder = new GameObject(name);
            holder.SetActive(false);
            BridgeConnection connection = holder.AddComponent<BridgeConnection>();
            connection.KeepAcrossScenes = true;
            connection.Settings = _settings;
            connection.Configuring += options =>
            {
                _clients++;
                options.Transport = Server.Transport;
            };
            prepare?.Invoke(connection);
            holder.SetActive(true);
            return connection;
        }
    }
}
