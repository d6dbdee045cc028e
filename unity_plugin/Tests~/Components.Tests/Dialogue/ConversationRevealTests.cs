using System;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Stub;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>A reply that is shown word by word, and the window in the world.</summary>
    public sealed class ConversationRevealTests : NpcFixture
    {
        private const string Reply = "Once upon a time there was an inn.";
        private const float Still = 1e-6f; // letters a second
        private NpcDialogue _npc;
        private ConversationView _view;

        [SetUp]
        public void KnowNpcs() => Server.KnowsNpcs = true;

        [Test]
        public void Words_are_shown_one_after_the_other_and_the_line_is_written_at_their_end()
        {
            Open();
            Answer(Say());
            StubPlayer.Ticks(60); // ten letters
            Assert.That(_view.Transcript, Is.EqualTo("You: Hello\nMira: Once upon"));
            Assert.That(_npc.HeardLength, Is.EqualTo(9));
            StubPlayer.Ticks(300);
            Assert.That(_view.Transcript, Is.EqualTo("You: Hello\nMira: " + Reply + "\n"));
            Assert.That(_npc.HeardLength, Is.EqualTo(-1), "all of it");
        }

        [Test]
        public void Between_words_and_at_rest_the_window_makes_no_garbage()
        {
            Open();
            var frame = (Action)Delegate.CreateDelegate(typeof(Action), _view, "LateUpdate");
            Assert.That(Garbage(frame), Is.Zero, "at rest");
            Answer(Say());
            StubPlayer.Ticks(60);
            _view.LettersPerSecond = Still;
            Assert.That(Garbage(frame), Is.Zero, "between words");
            Assert.That(_view.Transcript, Does.EndWith("Mira: Once upon"), "in the middle of the reply");
        }

        [TestCase(true)]
        [TestCase(false)]
        public void Cutting_in_after_the_end_keeps_what_was_shown(bool bySpeaking)
        {
            Open();
            V1.ConverseSay say = Say();
            Answer(say);
            StubPlayer.Ticks(60);
            if (bySpeaking)
            {
                _view.Say("Wait");
            }
            else
            {
                _view.Interrupt();
            }

            Until(() => Server.Dialogue.Interrupts().Count == 1, "the server is told");
            Assert.That((Server.Dialogue.Interrupts()[0].TurnId, Server.Dialogue.Interrupts()[0].Heard), Is.EqualTo((say.TurnId, 9)));
            string expected = "You: Hello\nMira: Once upon - (cut off)\n" + (bySpeaking ? "You: Wait\n" : string.Empty);
            Assert.That(_view.Transcript, Is.EqualTo(expected));
            StubPlayer.Ticks(300);
            Assert.That(_view.Transcript, Is.EqualTo(expected), "nothing of it is shown later");
        }

        [Test]
        public void Cutting_in_before_the_end_keeps_what_was_shown()
        {
            Open();
            Server.Dialogue.Token(Say(), Reply + " And");
            Until(() => _npc.State == NpcState.Speaking, "it speaks");
            _view.LettersPerSecond = 10f;
            StubPlayer.Ticks(60);
            _view.Interrupt();
            Assert.That(_view.Transcript, Is.EqualTo("You: Hello\nMira: Once upon - (cut off)\n"));
        }

        [Test]
        public void What_sentences_rest_on_is_shown_under_the_reply()
        {
            Open();
            _view.LettersPerSecond = 0f;
            _view.ShowSources = true;
            V1.ConverseSay say = Say();
            Server.Dialogue.Traced(say, "Seven silver.", "wares[0].price");
            Server.Dialogue.Done(say, "Seven silver.");
            Until(() => _npc.LastResult != null, "the turn ends");
            Assert.That(_view.Transcript, Is.EqualTo("You: Hello\nMira: Seven silver.\n    Free: wares[0].price\n"));
        }

        [Test]
        public void Texts_of_TextMesh_Pro_show_the_same()
        {
            Open();
            _view.LettersPerSecond = 0f;
            TMPro.TMP_Text transcript = new GameObject("transcript", typeof(RectTransform)).AddComponent<TMPro.TextMeshProUGUI>();
            TMPro.TMP_Text state = new GameObject("state", typeof(RectTransform)).AddComponent<TMPro.TextMeshProUGUI>();
            ConversationTextMeshPro texts = _view.gameObject.AddComponent<ConversationTextMeshPro>();
            (texts.TranscriptText, texts.StateText) = (transcript, state);
            Answer(Say());
            Assert.That((transcript.text, state.text), Is.EqualTo((_view.Transcript, "Idle")));
            Assert.That((transcript.richText, state.richText), Is.EqualTo((false, false)), "a player who types <size=500> changes no size");
            texts.enabled = false;
            _view.Say("Again");
            Assert.That(transcript.text, Does.Not.Contain("Again"));
        }

        [Test]
        public void The_prefab_in_the_world_is_drawn_where_it_is_put_without_a_headset()
        {
            Camera eye = Camera.main = Make<Camera>();
            GameObject made = PackageFiles.Instantiate("FrameBridge Conversation (world space)");
            made.transform.position = new Vector3(0f, 2f, 5f);
            StubPlayer.Ticks(2);
            Assert.That(made.GetComponent<Canvas>().renderMode, Is.EqualTo(RenderMode.WorldSpace));
            Assert.That(Vector3.Distance(made.transform.position, new Vector3(0f, 2f, 5f)), Is.LessThan(1e-4f), "it stays where it is put");
            Assert.That(made.GetComponent<ConversationView>().StateText.StubIsDrawn);
            HeadsetCanvas follower = made.GetComponent<HeadsetCanvas>();
            (follower.Follow, follower.enabled) = (true, true);
            eye.transform.SetPositionAndRotation(new Vector3(4f, 0f, 0f), Quaternion.identity);
            StubPlayer.Ticks(2);
            Assert.That(Vector3.Distance(made.transform.position, new Vector3(4f, 0f, 1.5f)), Is.LessThan(1e-4f), "or before the eyes");
        }

        private void Open()
        {
            Connect();
            _npc = Make<NpcDialogue>(made => made.gameObject.name = "Mira");
            _view = PackageFiles.Instantiate("FrameBridge Conversation").GetComponent<ConversationView>();
            _view.LettersPerSecond = Still;
            _view.Npc = _npc;
            Until(() => _npc.State == NpcState.Idle, "she is there");
        }

        private V1.ConverseSay Say()
        {
            _view.Say("Hello");
            return Said(1);
        }

        private static long Garbage(Action frame)
        {
            frame(); // what the first call makes is no garbage of each frame
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 600; i++)
            {
                frame();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        /// <summary>A whole reply, which begins to be shown when all of it is there.</summary>
        private void Answer(V1.ConverseSay say)
        {
            Server.Dialogue.Token(say, Reply);
            Server.Dialogue.Done(say, Reply);
            Until(() => _npc.LastResult != null, "the turn ends");
            _view.LettersPerSecond = 10f;
        }
    }
}
