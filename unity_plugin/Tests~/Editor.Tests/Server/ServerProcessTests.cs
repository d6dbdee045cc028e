using System;
using System.Diagnostics;
using System.Linq;
using NUnit.Framework;
using UnityEditor;

namespace FrameBridge.Editor.Tests
{
    /// <summary>On a real child process: a shell that prints a server's lines and then waits.</summary>
    [Platform(Exclude = "Win")]
    public sealed class ServerProcessTests : Fixture
    {
        private const string Serves = "sh -c 'echo loading torch; echo serving at 127.0.0.1:50099; exec sleep 600'";
        private const string Loads = "sh -c 'echo loading torch; exec sleep 600'";
        private const string IsDeaf = "sh -c 'trap : TERM; echo serving at 127.0.0.1:50099; while :; do sleep 600; done'";

        private ServerProcess _process;

        [SetUp]
        public void Begin()
        {
            SessionState.EraseString("FrameBridge.Server");
            EditorServer.Reset();
            _process = new ServerProcess();
        }

        [TearDown]
        public void End()
        {
            _process.Stop(now: true);
            new ServerProcess().Stop(now: true);
        }

        [Test]
        public void BeforeAStartThereIsNone()
        {
            Assert.That(_process.State, Is.EqualTo(ServerState.Stopped));
            Assert.That(_process.LastLine, Is.Empty);
            Assert.DoesNotThrow(() => _process.Stop());
        }

        [Test]
        public void ItServesOnceItSaysSo()
        {
            _process.Start(Serves);

            Until(() => _process.State == ServerState.Serving, "serving");
            Assert.That(_process.Address, Is.EqualTo("127.0.0.1:50099"));
        }

        [Test]
        public void UntilThenItStarts()
        {
            _process.Start(Loads);

            Until(() => _process.LastLine == "loading torch", "its first line");
            Assert.That(_process.State, Is.EqualTo(ServerState.Starting));
        }

        [Test]
        public void StopEndsIt()
        {
            _process.Start(Serves);
            Until(() => _process.State == ServerState.Serving, "serving");

            _process.Stop();

            Until(() => _process.State == ServerState.Stopped, "stopped");
        }

        [Test]
        public void ASecondStopEndsOneThatDoesNotListen()
        {
            _process.Start(IsDeaf);
            Until(() => _process.State == ServerState.Serving, "serving");

            _process.Stop();
            _process.Stop();

            Until(() => _process.State == ServerState.Stopped, "stopped");
        }

        [Test]
        public void OneThatEndsByItselfHasFailedAndItsLastLineIsTold()
        {
            _process.Start("framebridge-that-is-not-there serve");

            Until(() => _process.State == ServerState.Failed, "failed");
            Assert.That(_process.LastLine, Does.Contain("not found"));
        }

        [Test]
        public void OneThatEndsBeforeItIsLookedAtHasFailedToo()
        {
            for (var i = 0; i < 50; i++)
            {
                _process.Start("true");

                Until(() => _process.State == ServerState.Failed, "failed");
            }
        }

        [Test]
        public void TwoAtOnceAreRefused()
        {
            _process.Start(Loads);

            Assert.Throws<InvalidOperationException>(() => _process.Start(Loads));
        }

        [Test]
        public void AfterAReloadOfTheDomainItIsStillThere()
        {
            _process.Start(Serves);
            Until(() => _process.State == ServerState.Serving, "serving");

            var next = new ServerProcess();

            Assert.That(next.State, Is.EqualTo(ServerState.Serving));
            next.Stop(now: true);
            Assert.That(next.State, Is.EqualTo(ServerState.Stopped));
        }

        [Test]
        public void AProcessThatOnlyHasItsNumberIsNotTakenForIt()
        {
            using (var self = Process.GetCurrentProcess())
            {
                SessionState.SetString("FrameBridge.Server", $"{self.Id}|1|/tmp/none.log");
            }

            Assert.That(new ServerProcess().State, Is.EqualTo(ServerState.Stopped));
        }

        [Test]
        public void ItEndsWithTheEditor()
        {
            EditorServer.OnLoad();
            EditorServer.Process.Start(Serves);
            Until(() => EditorServer.Process.State == ServerState.Serving, "serving");

            EditorApplication.StubQuit();

            Assert.That(EditorServer.Process.State, Is.EqualTo(ServerState.Stopped));
        }

        [Test]
        public void TheButtonStartsAndStops()
        {
            EditorServer.Command = Serves;
            StubGui.Press("Start server");
            ServerButton.Draw();
            Until(() => EditorServer.Process.State == ServerState.Serving, "serving");
            ServerButton.Draw();
            Assert.That(StubGui.Texts.Last(), Is.EqualTo("Serving at 127.0.0.1:50099."));

            StubGui.Press("Stop server");
            ServerButton.Draw();

            Until(() => EditorServer.Process.State == ServerState.Stopped, "stopped");
            EditorPrefs.DeleteKey("FrameBridge.ServerCommand");
        }
    }
}
