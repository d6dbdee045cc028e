using System.Diagnostics;
using System.Linq;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;
using UnityEngine.Stub;

namespace FrameBridge.Editor.Tests
{
    /// <summary>Inspectors in play mode, on the real server.</summary>
    public sealed class RunningInspectorsTests : Fixture
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private BridgeConnection _connection;

        [SetUp]
        public void Play()
        {
            var address = LiveServer();
            StubPlayer.EnterPlayMode(typeof(BridgeConnection).Assembly);
            Transport.Register();
            var settings = ScriptableObject.CreateInstance<BridgeSettings>();
            settings.Address = address;
            _connection = Inactive("connection").AddComponent<BridgeConnection>();
            _connection.Settings = settings;
            _connection.gameObject.SetActive(true);
        }

        [TearDown]
        public void Leave()
        {
            if (Application.isPlaying)
            {
                StubPlayer.ExitPlayMode();
            }
        }

        [Test]
        public void AConnectionTellsItsState()
        {
            UntilReady();
            var inspector = Inspect<BridgeConnectionEditor>(_connection);

            inspector.OnInspectorGUI();

            Assert.That(StubGui.Texts, Does.Contain("Ready"));
            Assert.That(inspector.RequiresConstantRepaint());
        }

        [Test]
        public void ACharacterIsTalkedTo()
        {
            UntilReady();
            var npc = new GameObject("npc").AddComponent<NpcDialogue>();
            var inspector = Inspect<NpcDialogueEditor>(npc);
            StubGui.Enter("Words", "Hello!");
            StubGui.Press("Say");

            inspector.OnInspectorGUI();

            Frames(() => npc.LastResult != null && npc.Text.Length > 0, "a reply");
            StubGui.Reset();
            inspector.OnInspectorGUI();
            Assert.That(npc.LastResult.Sentences, Is.Not.Empty);
            Assert.That(StubGui.Texts, Is.SupersetOf(npc.LastResult.Sentences.Select(each => each.Text)));
        }

        [Test]
        public void WhatEachSentenceOfAnNpcRestsOnIsShownUnderIt()
        {
            UntilReady();
            var npc = new GameObject("npc").AddComponent<NpcDialogue>();
            npc.Persona = ScriptableObject.CreateInstance<NpcPersona>();
            npc.Persona.Source = NpcSource.Character;
            npc.Persona.Npc = new Npc
            {
                Id = "editor",
                Name = "Mara",
                Trade = "innkeeper",
                Persona = "Mara is kind.",
                Lines = new[] { new NpcLine { Intent = "greeting", Examples = new[] { "good evening" }, Say = new[] { "Come in." } } },
            };
            npc.WantsTrace = true;
            npc.Say("good evening");
            Frames(() => npc.LastResult != null, "a reply");

            Inspect<NpcDialogueEditor>(npc).OnInspectorGUI();

            var at = StubGui.Texts.IndexOf("Come in.");
            Assert.That(at, Is.GreaterThanOrEqualTo(0), npc.LastResult.Outcome.Message);
            Assert.That(StubGui.Rows, Does.Contain(("Made by", "Authored: lines[0]")));
            Assert.That(StubGui.Rows, Does.Contain(("lines[0]", "greeting")), "what it rests on, as the author has written it");
            Assert.That(StubGui.Texts, Has.Some.StartsWith("lines[0] ("));

            npc.WantsTrace = false;
            npc.Say("good evening");
            Frames(() => npc.LastResult != null, "a reply without a trace");
            StubGui.Reset();
            Inspect<NpcDialogueEditor>(npc).OnInspectorGUI();
            Assert.That(StubGui.Texts, Has.Some.StartsWith("Tick Wants Trace"));
        }

        [Test]
        public void ACharactersProblemIsShown()
        {
            _connection.enabled = false;
            var npc = new GameObject("npc").AddComponent<NpcDialogue>();
            StubPlayer.Tick();

            Inspect<NpcDialogueEditor>(npc).OnInspectorGUI();

            Assert.That(npc.Problem, Does.Contain("no connection is enabled"));
            Assert.That(StubGui.Texts, Does.Contain(npc.Problem));
        }

        [Test]
        public void ACharacterIsInterrupted()
        {
            UntilReady();
            var npc = new GameObject("npc").AddComponent<NpcDialogue>();
            npc.Say("Tell me a long story.");
            StubGui.Press("Interrupt");

            Inspect<NpcDialogueEditor>(npc).OnInspectorGUI();

            Assert.That(npc.LastResult.Finish, Is.EqualTo(TurnFinish.Interrupted));
        }

        [Test]
        public void AnAvatarTellsItsFrame()
        {
            UntilReady();
            var avatar = new GameObject("avatar").AddComponent<AvatarTexture>();
            avatar.BudgetSeconds = 5f;
            Frames(() => avatar.UploadCount > 0, "a frame");
            var inspector = Inspect<AvatarTextureEditor>(avatar);

            inspector.OnInspectorGUI();
            inspector.OnPreviewGUI(default, null);

            Assert.That(StubGui.Texts, Has.Some.Contains(avatar.LastFrame.Timing.Rung));
            Assert.That(StubGui.Textures.Single(), Is.SameAs(avatar.Texture));
        }

        [Test]
        public void ARecognizerThatLooksForNothingIsTold()
        {
            var recognizer = Inactive("camera").AddComponent<CameraRecognizer>();
            recognizer.Detect = recognizer.Classify = false;

            Inspect<CameraRecognizerEditor>(recognizer).OnInspectorGUI();

            Assert.That(StubGui.Texts, Has.Some.Contains("othing to look for"));
            Assert.That(StubGui.Texts, Does.Contain("0 sent, 0 dropped"));
        }

        [Test]
        public void LeavingPlayModeClosesEveryStreamFirst()
        {
            StreamCloser.OnLoad();
            UntilReady();

            EditorApplication.StubChange(PlayModeStateChange.ExitingPlayMode);

            Assert.That(_connection.Client, Is.Null);
            Assert.That(_connection.State, Is.EqualTo(BridgeState.Offline));
        }

        [Test]
        public void ThePauseButtonHoldsTheConnectionAndLetsItGoOn()
        {
            StreamCloser.OnLoad();
            UntilReady();
            BridgeClient client = _connection.Client;

            EditorApplication.StubPause(PauseState.Paused);
            Assert.That(client.State, Is.EqualTo(BridgeState.Offline));
            Assert.That(_connection.State, Is.EqualTo(BridgeState.Offline));

            EditorApplication.StubPause(PauseState.Unpaused);
            UntilReady();
            Assert.That(_connection.Client, Is.SameAs(client));
        }

        [Test]
        public void AReloadOfTheDomainClosesEveryStreamFirst()
        {
            StreamCloser.OnLoad();
            UntilReady();

            AssemblyReloadEvents.StubReload();

            Assert.That(_connection.Client, Is.Null);
        }

        private static GameObject Inactive(string name)
        {
            var made = new GameObject(name);
            made.SetActive(false);
            return made;
        }

        private static T Inspect<T>(Object target) where T : UnityEditor.Editor, new()
        {
            var inspector = ScriptableObject.CreateInstance<T>();
            inspector.target = target;
            return inspector;
        }

        /// <summary>Frames in real time, as the components wait for a real server.</summary>
        private void Frames(System.Func<bool> holds, string what) => Until(
            () =>
            {
                var delta = (float)_watch.Elapsed.TotalSeconds;
                _watch.Restart();
                StubPlayer.Tick(delta);
                return holds();
            },
            what);

        private void UntilReady() => Frames(() => _connection.State == BridgeState.Ready, "ready");
    }
}
