using System;
using System.Diagnostics;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Stub;

namespace FrameBridge.Editor.Tests
{
    /// <summary>Problems of components when a real server does not answer, and their end when it does.</summary>
    public sealed class LiveProblemTests : Fixture
    {
        private readonly Stopwatch _watch = new Stopwatch();
        private CommandedServer _server;
        private BridgeConnection _connection;

        [OneTimeSetUp]
        public void StartServer() => _server = CommandedServer.Start();

        [OneTimeTearDown]
        public void StopServer() => _server?.Dispose();

        [SetUp]
        public void Play()
        {
            StubPlayer.EnterPlayMode(typeof(BridgeConnection).Assembly);
            Transport.Register();
            _watch.Restart();
        }

        [TearDown]
        public void Leave() => StubPlayer.ExitPlayMode();

        [Test]
        public void AModelThatLoadsFailsAndIsReadyAgain()
        {
            Connect(_server.Address);
            var avatar = Avatar();
            Frames(() => avatar.UploadCount > 0, "a frame");

            _server.Do("hold avatar");
            Frames(() => avatar.Problem.Contains("still loading"), "it is said to load");
            _server.Do("load avatar");
            Frames(() => avatar.Problem.Length == 0, "frames come again, and the problem has gone");

            _server.Do("unload avatar");
            Frames(() => avatar.Problem.Contains("not loaded"), "it is said to be unloaded");
            _server.Do("fail avatar the weights are damaged");
            Frames(() => avatar.Problem.Contains("the weights are damaged"), "the server's detail is told");
            _server.Do("load avatar");
            Frames(() => avatar.Problem.Length == 0, "frames come again, and the problem has gone");
        }

        [Test]
        public void ABudgetThatTheModelCannotMakeNamesWhatItTakes()
        {
            Connect(_server.Address);
            var avatar = Avatar();
            Frames(() => avatar.UploadCount > 0, "a frame");

            _server.Do("slow 0.3");
            avatar.BudgetSeconds = 0.1f;
            Frames(() => avatar.Problem.Contains("in time") && avatar.Problem.Contains("raise Budget Seconds"), "the budget is too small");
            Assert.That(avatar.Problem, Does.Contain("allows 100 ms"));

            _server.Do("slow 0");
            avatar.BudgetSeconds = 5f;
            Frames(() => avatar.Problem.Length == 0, "frames come again, and the problem has gone");
        }

        [Test]
        public void ALinkThatIsSlowerThanTheBudgetIsNamed()
        {
            _server.Do("link 0.1");
            Connect(_server.Linked);
            var avatar = Avatar();
            avatar.BudgetSeconds = 0.1f;

            Frames(() => avatar.Problem.Contains("the link takes") && avatar.Problem.Contains("nearer server"), "the link is named");
            Assert.That(avatar.Problem, Does.Contain("allows 100 ms"));

            _server.Do("link 0");
            avatar.BudgetSeconds = 5f;
            Frames(() => avatar.UploadCount > 0 && avatar.Problem.Length == 0, "frames come, and the problem has gone");
        }

        [Test]
        public void ARefusedLookIsToldInTheServersWords()
        {
            Connect(_server.Address);
            var avatar = Avatar();
            avatar.SetAttribute("tail", "long");

            Frames(() => avatar.Problem.Length > 0, "it is told");
            for (var i = 0; i < 60; i++)
            {
                StubPlayer.Tick();
            }

            Assert.That(avatar.Problem, Does.Contain("tail"));
            avatar.SetAttribute("tail", null);
            Frames(() => avatar.UploadCount > 0 && avatar.Problem.Length == 0, "frames come, and the problem has gone");
        }

        [Test]
        public void ACharacterSaysWhyItSaidItsFallbackLine()
        {
            Connect(_server.Address);
            var persona = ScriptableObject.CreateInstance<NpcPersona>();
            persona.FallbackLines = new[] { "Hm?" };
            persona.FirstTokenSeconds = 8f;
            var npc = Made<NpcDialogue>("npc");
            npc.Persona = persona;
            Frames(() => npc.State == NpcState.Idle, "it is there");

            _server.Do("unload dialogue");
            npc.Say("Good evening!");
            Frames(() => npc.LastResult != null, "the turn ends");
            Assert.That(npc.Text, Is.EqualTo("Hm?"));
            Assert.That(npc.Problem, Does.Contain("'dialogue' is not loaded"));

            _server.Do("load dialogue");
            var reply = npc.Say("Good evening!").AsTask();
            Frames(() => reply.IsCompleted, "a reply");
            Assert.That(reply.Result.Text, Is.EqualTo("You said: Good evening!"));
            Frames(() => npc.Problem.Length == 0, "the problem has gone");

            npc.Say(string.Join(" ", System.Linq.Enumerable.Repeat("word", 300)));
            Frames(() => npc.LastResult != null, "the turn ends");
            Assert.That(npc.Problem, Does.Contain("300 tokens"));
        }

        private static AvatarTexture Avatar()
        {
            var avatar = Made<AvatarTexture>("avatar");
            avatar.BudgetSeconds = 5f;
            return avatar;
        }

        private static T Made<T>(string name) where T : Component, new() => new GameObject(name).AddComponent<T>();

        private void Connect(string address)
        {
            var settings = ScriptableObject.CreateInstance<BridgeSettings>();
            settings.Address = address;
            var holder = new GameObject("connection");
            holder.SetActive(false);
            _connection = holder.AddComponent<BridgeConnection>();
            _connection.Settings = settings;
            holder.SetActive(true);
            Frames(() => _connection.State == BridgeState.Ready, "ready");
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
    }
}
