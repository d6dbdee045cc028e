using System;
using System.Collections;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.TestTools;
using Object = UnityEngine.Object;

namespace FrameBridge.Tests
{
    /// <summary>A character without a server says its fallback line.</summary>
    public sealed class NpcWithoutServerTests
    {
        private const int LimitFrames = 600;

        private GameObject _object;
        private NpcPersona _persona;
        private NpcDialogue _npc;

        [SetUp]
        public void Make()
        {
            _persona = ScriptableObject.CreateInstance<NpcPersona>();
            _persona.FallbackLines = new[] { "One moment, please." };
            _object = new GameObject("npc");
            _npc = _object.AddComponent<NpcDialogue>();
            _npc.Persona = _persona;
        }

        [TearDown]
        public void Destroy()
        {
            Object.DestroyImmediate(_object);
            Object.DestroyImmediate(_persona);
        }

        [Test]
        public void NothingToSayIsRefused() => Assert.Throws<ArgumentException>(() => _npc.Say(" "));

        [UnityTest]
        public IEnumerator TheFallbackLineIsSaidAndTheTurnEndsOnce()
        {
            int done = 0;
            _npc.Heard += heard => done += heard.Kind == TurnEventKind.Done ? 1 : 0;

            _npc.Say("Hello!");
            for (int frame = 0; frame < LimitFrames && _npc.LastResult == null; frame++)
            {
                yield return null;
            }

            Assert.That(_npc.Text, Is.EqualTo("One moment, please."));
            Assert.That(_npc.LastResult.Finish, Is.EqualTo(TurnFinish.Failed));
            Assert.That(done, Is.EqualTo(1));
        }
    }
}
