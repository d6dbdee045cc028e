using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.EventSystems;
using UnityEngine.Stub;
using UnityEngine.UI;
using V1 = FrameBridge.V1;
using Object = UnityEngine.Object;

namespace FrameBridge.Components.Tests
{
    /// <summary>The prefab of a conversation, read from its file.</summary>
    public sealed class ConversationViewTests : PlayFixture
    {
        private NpcDialogue _npc;
        private ConversationView _view;

        [Test]
        public void What_is_typed_is_said_and_the_reply_is_shown_as_it_grows()
        {
            Open();
            Type("Good evening!");
            _view.SayButton.StubClick();
            V1.ConverseSay say = Heard(1);
            Assert.That(say.Text, Is.EqualTo("Good evening!"));
            Assert.That(_view.Input.text, Is.Empty, "ready for the next words");
            Assert.That(_view.StateText.text, Is.EqualTo("Thinking"));

            Server.Dialogue.Token(say, "Wel");
            Until(() => _view.TranscriptText.text.EndsWith("Mira: Wel"), "the first piece is shown");
            Assert.That(_view.StateText.text, Is.EqualTo("Speaking"));
            Server.Dialogue.Token(say, "come.");
            Server.Dialogue.Done(say, "Welcome.");
            Until(() => _npc.LastResult != null, "the turn ends");

            Assert.That(_view.TranscriptText.text, Is.EqualTo("You: Good evening!\nMira: Welcome.\n"));
            Assert.That(_view.Transcript, Is.EqualTo(_view.TranscriptText.text));
            Assert.That(_view.StateText.text, Is.EqualTo("Idle"));
            Assert.That(_view.TranscriptText.StubIsDrawn, Is.True);
        }

        [Test]
        public void Return_says_it_and_the_field_takes_the_next_words()
        {
            Open();
            Type("Hello");
            _view.Input.StubReturn();

            Assert.That(Heard(1).Text, Is.EqualTo("Hello"));
            Assert.That(_view.Input.text, Is.Empty);
        }

        [Test]
        public void Leaving_the_field_says_nothing()
        {
            Open();
            Type("Hello");
            _view.Input.DeactivateInputField();
            StubPlayer.Ticks(5);

            Assert.That(_view.Transcript, Is.Empty);
            Assert.That(_view.Input.text, Is.EqualTo("Hello"));
        }

        [Test]
        public void Interrupt_cuts_the_reply_off()
        {
            Open();
            _view.Say("Hello");
            V1.ConverseSay say = Heard(1);
            Server.Dialogue.Token(say, "Well, you ");
            Until(() => _npc.State == NpcState.Speaking, "she speaks");

            _view.InterruptButton.StubClick();

            Assert.That(_view.Transcript, Is.EqualTo("You: Hello\nMira: Well, you  - (cut off)\n"));
        }

        [Test]
        public void Nothing_is_said_without_words_or_without_anybody_who_hears()
        {
            Open();
            Assert.That(_view.Say("  "), Is.False);
            _npc.enabled = false;
            Assert.That(_view.Say("Hello"), Is.False);
            _view.Npc = null;
            Assert.That(_view.Say("Hello"), Is.False);
            _view.Interrupt();

            Assert.That(_view.Transcript, Is.Empty);
        }

        [Test]
        public void It_keeps_the_newest_letters()
        {
            Open();
            for (int i = 0; i < 40; i++)
            {
                _view.Say(new string('a', 200) + i);
            }

            Assert.That(_view.Transcript.Length, Is.EqualTo(4000));
            Assert.That(_view.Transcript, Does.EndWith("a39\n"));
        }

        [Test]
        public void Another_character_can_be_talked_to()
        {
            Open();
            NpcDialogue other = Make<NpcDialogue>(made => made.gameObject.name = "Joe");
            _view.Npc = other;
            Until(() => other.State == NpcState.Idle, "he is ready");
            _npc.Say("Nobody listens to this");
            V1.ConverseSay unheard = Heard(1);
            Server.Dialogue.Done(unheard, "Right.");
            Until(() => _npc.LastResult != null, "that turn ends");

            Assert.That(_view.Transcript, Is.Empty);
            Assert.That(_view.Say("Hello"), Is.True);
        }

        [Test]
        public void Why_the_character_does_not_answer_stands_beside_its_state()
        {
            BridgeModel[] ready = Server.Models;
            Server.Models = new[] { ScriptedServer.Model("dialogue", Capability.Dialogue, ModelState.Loading, "warming up") };
            Open(NpcState.Loading);
            Until(() => _npc.Problem.Length > 0, "the model is known to be loading");
            StubPlayer.Tick();

            Assert.That(_view.Problem, Is.EqualTo(_npc.Problem));
            Assert.That(_view.StateText.text, Is.EqualTo("Loading: " + _npc.Problem).And.Contain("warming up"));

            Server.Models = ready;
            Until(() => _view.StateText.text == "Idle", "the model is ready");
            _view.Npc = null;
            Assert.That(_view.Problem, Does.Contain("set its Npc"));
        }

        [Test]
        public void Off_it_hears_nothing_and_clicks_do_nothing()
        {
            Open();
            Type("Hello");
            _view.enabled = false;
            _view.SayButton.StubClick();
            _view.Input.StubReturn();
            _npc.Say("Aside");
            Server.Dialogue.Done(Heard(1), "Yes.");
            Until(() => _npc.LastResult != null, "the turn ends");
            Assert.That(_view.Transcript, Is.Empty);

            _view.enabled = true;
            _view.SayButton.StubClick();
            Assert.That(_view.Transcript, Is.EqualTo("You: Hello\n"));
        }

        [Test]
        public void An_event_system_is_added_where_there_is_none()
        {
            Open();
            Assert.That(EventSystem.current, Is.Not.Null);
            Assert.That(EventSystem.current.currentInputModule, Is.InstanceOf<StandaloneInputModule>());
        }

        [Test]
        public void An_event_system_that_is_there_is_used()
        {
            EventSystem there = Make<EventSystem>();
            Open();

            Assert.That(World.Count<EventSystem>(), Is.EqualTo(1));
            Assert.That(EventSystem.current, Is.SameAs(there));
        }

        [Test]
        public void In_a_headset_it_hangs_in_the_world_and_stays_there()
        {
            Camera eye = Camera.main = Make<Camera>();
            SubsystemManager.StubAdd(new UnityEngine.XR.XRDisplaySubsystem()).Start();
            Open();
            Vector3 before = _view.transform.position;
            eye.transform.SetPositionAndRotation(new Vector3(4f, 0f, 0f), Quaternion.Euler(0f, 90f, 0f));
            StubPlayer.Ticks(3);

            Assert.That(_view.GetComponent<Canvas>().StubShowsInHeadset, Is.True);
            Assert.That(Vector3.Distance(_view.transform.position, before), Is.LessThan(1e-4f));
            Assert.That(Vector3.Distance(before, new Vector3(0f, 0f, 1.5f)), Is.LessThan(1e-4f), "before the eyes at first");
        }

        [Test]
        public void All_of_it_lies_inside_its_canvas()
        {
            Open();
            Screens.AssertAllInside(
                _view.GetComponentsInChildren<Graphic>().Where(each => each != _view.TranscriptText).ToArray()); // it scrolls
        }

        [Test]
        public void Without_its_parts_it_keeps_the_transcript()
        {
            Connect();
            _npc = Make<NpcDialogue>();
            _view = Make<ConversationView>(made => made.Npc = _npc);
            _view.Words = "Hello";
            _view.Say();

            Assert.That(_view.Transcript, Is.EqualTo("You: Hello\n"));
            Assert.That(_view.Words, Is.Empty);
            Assert.That(World.Count<EventSystem>(), Is.Zero, "there is nothing to click on");
        }

        private void Open(NpcState state = NpcState.Idle)
        {
            Connect();
            _npc = Make<NpcDialogue>(made => made.gameObject.name = "Mira");
            _view = PackageFiles.Instantiate("FrameBridge Conversation").GetComponent<ConversationView>();
            _view.Npc = _npc;
            Until(() => _npc.State == state, "she is there");
        }

        private void Type(string words) => _view.Input.StubType(words);

        private V1.ConverseSay Heard(int count)
        {
            Until(() => Server.Dialogue.Said().Count >= count, "the words reach the server");
            return Server.Dialogue.Said()[count - 1];
        }
    }
}
