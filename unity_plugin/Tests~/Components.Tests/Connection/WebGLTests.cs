using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Stub;

namespace FrameBridge.Components.Tests
{
    /// <summary>A WebGL player has no threads: nothing is started there, and the problem says so.</summary>
    public sealed class WebGLTests : PlayFixture
    {
        private int _asked;

        [SetUp]
        public void InABrowser()
        {
            _asked = 0;
            Application.platform = RuntimePlatform.WebGLPlayer;
        }

        [TestCase(false)]
        [TestCase(true)]
        public void A_connection_is_refused_in_one_sentence_and_begins_nothing(bool recorded)
        {
            BridgeConnection connection = Refused(recorded);

            StubPlayer.Ticks(10);
            connection.Connect();
            StubPlayer.Pause(true);
            StubPlayer.Pause(false);
            connection.enabled = false;
            connection.enabled = true;

            Assert.That(connection.State, Is.EqualTo(BridgeState.Refused));
            Assert.That(connection.Problem, Does.Contain("WebGL").And.Contain("threads"));
            Assert.That(connection.Client, Is.Null, "what owns every thread, timer and task");
            Assert.That(_asked, Is.Zero, "no options, no transport");
            Assert.That(UnityEngine.Debug.StubCount(LogType.Error), Is.EqualTo(1), "said once");
        }

        [Test]
        public void Another_platform_connects()
        {
            Application.platform = RuntimePlatform.LinuxPlayer;
            BridgeConnection connection = Refused(recorded: false);

            Until(() => connection.State == BridgeState.Ready, "the connection is ready");
        }

        [Test]
        public void Components_show_their_fallbacks()
        {
            Refused(recorded: false);
            AvatarTexture avatar = Make<AvatarTexture>(made => made.Fallback = Texture2D.whiteTexture);
            CameraRecognizer recognizer = Make<CameraRecognizer>();
            NpcDialogue npc = Make<NpcDialogue>(made =>
            {
                made.Persona = ScriptableObject.CreateInstance<NpcPersona>();
                made.Persona.FallbackLines = new[] { "Not here." };
            });
            string said = null;
            npc.OnSentence.AddListener(line => said = line);

            npc.Say("Good evening!");
            StubPlayer.Ticks(10);

            Assert.That(avatar.Texture, Is.SameAs(Texture2D.whiteTexture));
            Assert.That(said, Is.EqualTo("Not here."));
            Assert.That(npc.LastResult.Finish, Is.EqualTo(TurnFinish.Failed));
            Assert.That(recognizer.SentCount, Is.Zero);
            Assert.That(Application.StubTimesAsked, Is.Zero, "nobody is asked for a camera that is of no use");
            Assert.That(UnityEngine.Debug.StubEntries.Select(each => each.Type), Has.None.EqualTo(LogType.Exception));
        }

        private BridgeConnection Refused(bool recorded) => Make<BridgeConnection>(made =>
        {
            made.Recording = recorded ? new TextAsset(new byte[] { 1, 2, 3 }) : null;
            made.Configuring += options =>
            {
                _asked++;
                options.Transport = Server.Transport;
            };
        });
    }
}
