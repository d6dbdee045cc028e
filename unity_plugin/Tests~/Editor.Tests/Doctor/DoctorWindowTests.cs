using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;
using UnityEditor;

namespace FrameBridge.Editor.Tests
{
    public sealed class DoctorWindowTests : Fixture
    {
        private TaskCompletionSource<IReadOnlyList<Finding>> _answer;
        private int _looks;

        [SetUp]
        public void AnswerByHand()
        {
            _looks = 0;
            _answer = new TaskCompletionSource<IReadOnlyList<Finding>>();
            DoctorWindow.Examine = _ =>
            {
                _looks++;
                return _answer.Task;
            };
        }

        [TearDown]
        public void AnswerAgain() => DoctorWindow.Examine = SetupDoctor.ExamineAsync;

        [Test]
        public void FindingsAreDrawnWorstFirst()
        {
            var window = Look(Finding.Fine("A", "is well"), Finding.Fault("B", "is broken", "mend it"));

            window.OnGUI();

            Assert.That(StubGui.Texts, Is.EqualTo(new[] { "1 to fix.", "B: is broken\nmend it", "A: is well" }));
            Assert.That(StubGui.Buttons, Is.EqualTo(new[] { "Check again" }));
        }

        [Test]
        public void AFixButtonMendsAndLooksAgain()
        {
            var mended = 0;
            var window = Look(Finding.Note("A", "is off", "turn it on", "Turn on", () => mended++));
            StubGui.Press("Turn on");

            window.OnGUI();

            Assert.That(mended, Is.EqualTo(1));
            Assert.That(_looks, Is.EqualTo(2));
        }

        [Test]
        public void WhileItLooksItSaysSo()
        {
            var window = EditorWindow.GetWindow<DoctorWindow>("");
            window.Look();

            window.OnGUI();

            Assert.That(window.IsLooking);
            Assert.That(StubGui.Texts, Is.EqualTo(new[] { "Looking..." }));
        }

        [Test]
        public async Task ACheckThatFailsHidesNoOther()
        {
            var findings = await SetupDoctor.ExamineAsync(
                new Check[] { new BrokenCheck(), new AndroidCheck() }, CancellationToken.None);

            Assert.That(findings[0].Found, Does.Contain("nobody thought of this"));
            Assert.That(findings[1].Name, Is.EqualTo("Android"));
        }

        [Test]
        public async Task AllChecksRunInAnEmptyProject()
        {
            BridgeTransports.Reset();

            var findings = await SetupDoctor.ExamineAsync();

            var names = findings.Select(finding => finding.Name).Distinct();
            Assert.That(names, Is.EqualTo(new[]
            {
                "Libraries", "gRPC layer", "HTTP/2", "Textures", "Background", "Colour space", "Android", "iOS camera", "iOS network",
                "Server",
            }));
            Assert.That(findings.Select(finding => finding.Found), Has.None.Contains("The check failed"));
        }

        private DoctorWindow Look(params Finding[] findings)
        {
            var window = EditorWindow.GetWindow<DoctorWindow>("");
            window.Look();
            _answer.SetResult(findings);
            return window;
        }

        private sealed class BrokenCheck : QuickCheck
        {
            public override IEnumerable<Finding> Examine() => throw new NotSupportedException("nobody thought of this");
        }
    }
}
