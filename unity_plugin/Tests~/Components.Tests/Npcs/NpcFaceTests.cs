using System;
using System.Collections.Generic;
using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Stub;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>What an NPC feels, on its avatar, by the game's clock.</summary>
    public sealed class NpcFaceTests : NpcFixture
    {
        private NpcDialogue _npc;
        private NpcFace _face;
        private AvatarTexture _avatar;

        [SetUp]
        public void KnowNpcs() => Server.KnowsNpcs = true;

        [Test]
        public void Each_sentence_shows_its_feeling_while_it_is_read_and_then_the_face_rests()
        {
            Meet();
            V1.ConverseSay say = Say(_npc, "Hello");
            Server.Dialogue.Sentence(say, new string('x', 36), V1.Emotion.Joy, 0.75f); // two seconds
            Server.Dialogue.Sentence(say, "Ah.", V1.Emotion.Sadness, 1f);
            Server.Dialogue.Done(say, "all");
            Until(() => _face.Sentence != null, "the first sentence is shown");

            Play(1f);
            Assert.That((_avatar.Expression, _avatar.Intensity), Is.EqualTo(("happy", 0.75f)));
            Play(1.5f);
            Assert.That((_avatar.Expression, _avatar.Intensity), Is.EqualTo(("sad", 1f)));
            Play(1f);
            Assert.That((_avatar.Expression, _avatar.Intensity, _face.Sentence), Is.EqualTo((string.Empty, 1f, (ReplySentence)null)));
        }

        [Test]
        public void The_way_to_another_expression_leads_over_neutral_in_steps()
        {
            Meet();
            _face.Pace = NpcFacePace.Script;
            _face.RestExpression = "winking";
            _face.RestIntensity = 0.5f;
            Play(1f);
            _face.Show(new ReplySentence("Ha!", NpcEmotion.Joy, 1f));
            var seen = new List<(string, float)>();
            for (int frame = 0; frame < 60; frame++)
            {
                StubPlayer.Tick();
                seen.Add((_avatar.Expression, _avatar.Intensity));
            }

            Assert.That(seen.Select(each => each.Item1).Distinct(), Is.EqualTo(new[] { "winking", "happy" }));
            Assert.That(seen.First(each => each.Item1 == "happy").Item2, Is.Zero);
            float[] up = seen.Where(each => each.Item1 == "happy").Select(each => each.Item2).ToArray();
            Assert.That(up, Is.Ordered.And.Length.GreaterThan(2));
            Assert.That(up.Last(), Is.EqualTo(1f));
            Assert.That(_avatar.MorphSeconds, Is.EqualTo(1f / 12f), "the server blends between the steps");
        }

        [Test]
        public void A_paused_game_has_a_still_face()
        {
            Meet();
            _face.Pace = NpcFacePace.Script;
            _face.BlendSeconds = 2f;
            _face.Show(new ReplySentence("Ha!", NpcEmotion.Joy, 1f));
            Play(1.5f);
            (string, float) before = (_avatar.Expression, _avatar.Intensity);
            Assert.That(before.Item2, Is.InRange(0.01f, 0.99f), "on its way");
            StubPlayer.Ticks(60, 0f);

            Assert.That((_avatar.Expression, _avatar.Intensity), Is.EqualTo(before));
        }

        [Test]
        public void Cutting_in_lets_the_face_rest()
        {
            Meet();
            V1.ConverseSay say = Say(_npc, "Hello");
            Server.Dialogue.Sentence(say, new string('x', 360), V1.Emotion.Anger);
            Server.Dialogue.Sentence(say, "And more.", V1.Emotion.Joy);
            Until(() => _face.Sentence != null, "it is shown");
            Play(1f);
            Assert.That(_avatar.Expression, Is.EqualTo("angry"));
            _npc.Interrupt();
            Play(1f);
            Assert.That((_avatar.Expression, _avatar.Intensity), Is.EqualTo((string.Empty, 1f)));
        }

        [Test]
        public void Feelings_without_an_expression_rest_and_weak_ones_show_weakly()
        {
            Meet();
            _face.Pace = NpcFacePace.Script;
            _face.BlendSeconds = 0f;
            _face.Expressions.Clear();
            _face.Expressions.Add(new NpcExpression(NpcEmotion.Joy, "laughing", 2f));
            _face.Show(new ReplySentence("Hm.", NpcEmotion.Anger, 1f));
            Play(0.2f);
            Assert.That(_avatar.Expression, Is.Empty);
            _face.Show(new ReplySentence("Ha.", NpcEmotion.Joy, 0.25f));
            Play(0.2f);
            Assert.That((_avatar.Expression, _avatar.Intensity), Is.EqualTo(("laughing", 0.5f)));
            _face.Show(new ReplySentence("Ha!", NpcEmotion.Joy, 0.9f));
            Play(0.2f);
            Assert.That(_avatar.Intensity, Is.EqualTo(1f));
            _face.Rest();
            Play(0.2f);
            Assert.That(_avatar.Expression, Is.Empty);
        }

        [Test]
        public void It_may_look_as_if_it_thinks()
        {
            Meet();
            _face.ThinkingExpression = "doubtful";
            V1.ConverseSay say = Say(_npc, "How many?");
            Play(1f);
            Assert.That(_avatar.Expression, Is.EqualTo("doubtful"));
            Server.Dialogue.Sentence(say, "Three.", V1.Emotion.Neutral);
            Until(() => _npc.State == NpcState.Speaking, "it speaks");
            Play(1f);
            Assert.That(_avatar.Expression, Is.Empty);
        }

        [Test]
        public void A_face_at_rest_makes_no_garbage_and_sends_nothing()
        {
            Meet();
            Play(1f);
            int looks = Server.Avatars.Looks().Count;
            long before = GC.GetAllocatedBytesForCurrentThread();
            IBridgeStep step = _face;
            for (int i = 0; i < 1000; i++)
            {
                step.Step();
            }

            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
            Play(1f);
            Assert.That(Server.Avatars.Looks(), Has.Count.EqualTo(looks));
        }

        private static void Play(float seconds) => StubPlayer.Ticks((int)Math.Round(seconds * 60f));

        private void Meet()
        {
            _npc = Ready(made =>
            {
                _avatar = made.gameObject.AddComponent<AvatarTexture>();
                _face = made.gameObject.AddComponent<NpcFace>();
            });
            Until(() => Server.Avatars.Subscriptions().Count == 1, "the avatar is subscribed");
        }
    }
}
