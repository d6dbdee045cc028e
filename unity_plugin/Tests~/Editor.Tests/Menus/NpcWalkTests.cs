using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;
using UnityEngine.Stub;

namespace FrameBridge.Editor.Tests
{
    /// <summary>The docs' way from an empty scene to a talking NPC, followed on the real server.</summary>
    public sealed class NpcWalkTests : Fixture
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private string _path;

        [SetUp]
        public void AnEmptyScene()
        {
            StubProject.Open(typeof(BridgeHud).Assembly).Import(PackageFolder());
            _path = Path.Combine(Path.GetTempPath(), "framebridge-" + Guid.NewGuid().ToString("N") + ".toml");
        }

        [TearDown]
        public void Leave()
        {
            EditorUtility.StubPath = string.Empty;
            File.Delete(_path);
            if (Application.isPlaying)
            {
                StubPlayer.ExitPlayMode();
            }
        }

        [TestCase(false)]
        [TestCase(true)]
        public void FromAnEmptySceneToATalkingNpc(bool inTheWorld)
        {
            var address = LiveServer();
            StubPlayer.EnterPlayMode(typeof(BridgeConnection).Assembly); // the stub's scene is made while it plays
            Transport.Register();
            var page = File.ReadAllText(Path.Combine(PackageFolder(), "Documentation~", "npcs.md"));
            File.WriteAllText(_path, Block(page, "toml"));

            var persona = ScriptableObject.CreateInstance<NpcPersona>();
            EditorUtility.StubPath = _path;
            StubGui.Press("Import TOML...");
            Inspect<NpcPersonaEditor>(persona);
            Assert.That(persona.Source, Is.EqualTo(NpcSource.Character), string.Join("\n", StubGui.Texts));

            GameObjectMenu.AddNpc(new MenuCommand(null));
            var npc = Selection.activeGameObject.GetComponent<NpcDialogue>();
            (npc.Persona, npc.PlayerName, npc.WantsTrace) = (persona, "Ada", true);
            Connect(address);
            if (inTheWorld)
            {
                GameObjectMenu.AddWorldConversation(new MenuCommand(npc.gameObject));
            }
            else
            {
                GameObjectMenu.AddConversation(new MenuCommand(npc.gameObject));
            }

            var view = Selection.activeGameObject.GetComponent<ConversationView>();
            Frames(() => npc.State == NpcState.Idle, "she is there");
            Say(view, "good evening");
            Assert.That(view.Transcript, Does.EndWith("You: good evening\nNPC: Come in, Ada. Mind the step.\n"));
            Assert.That(view.TranscriptText.StubIsDrawn);
            StubGui.Reset();
            Inspect<NpcDialogueEditor>(npc);
            Assert.That(StubGui.Rows, Does.Contain(("Made by", "Authored: lines[0]")).And.Contain(("lines[0]", "greeting")));

            var actions = npc.gameObject.AddComponent<NpcActions>();
            Say(view, "give me the key to a room for 3 nights");
            Assert.That(actions.Problem, Does.Contain("nobody does the action hand_over_key"));
            var nights = 0;
            Assert.That(page, Does.Contain("\"hand_over_key\", ActionParameter.Int(\"nights\"), (nights, call) => call.Done($\"The key is good for {nights} nights.\")"));
            actions.Handlers.Set("hand_over_key", ActionParameter.Int("nights"), (count, call) =>
            {
                nights = count;
                call.Done($"The key is good for {count} nights.");
            });
            Say(view, "give me the key to a room for 3 nights");
            Assert.That((nights, actions.Problem), Is.EqualTo((3, string.Empty)), npc.LastResult.Outcome.Message);
        }

        private static void Connect(string address)
        {
            var connection = UnityEngine.Object.FindAnyObjectByType<BridgeConnection>();
            connection.Disconnect();
            connection.Settings = ScriptableObject.CreateInstance<BridgeSettings>();
            connection.Settings.Address = address;
            connection.Connect();
        }

        private void Say(ConversationView view, string words)
        {
            view.Input.StubType(words);
            view.Input.StubReturn();
            Frames(() => view.Npc.LastResult != null, "a reply to " + words);
            Assert.That(view.Npc.LastResult.IsComplete, view.Npc.LastResult.Outcome.Message);
        }

        private static void Inspect<T>(UnityEngine.Object target) where T : UnityEditor.Editor, new()
        {
            var inspector = ScriptableObject.CreateInstance<T>();
            inspector.target = target;
            inspector.OnInspectorGUI();
        }

        private void Frames(Func<bool> holds, string what) => Until(
            () =>
            {
                var delta = (float)_watch.Elapsed.TotalSeconds;
                _watch.Restart();
                StubPlayer.Tick(delta);
                return holds();
            },
            what);

        /// <summary>The page's block of a language, without the indent that it has in a list.</summary>
        private static string Block(string page, string language)
        {
            var lines = page.Split('\n').SkipWhile(line => line.Trim() != "```" + language).Skip(1);
            return string.Join("\n", lines.TakeWhile(line => line.Trim() != "```").Select(line => line.TrimStart()));
        }

        private static string PackageFolder([CallerFilePath] string here = null) =>
            Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here), "..", "..", ".."));
    }
}
