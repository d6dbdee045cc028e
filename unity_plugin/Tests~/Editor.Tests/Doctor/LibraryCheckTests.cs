using System.Collections.Generic;
using System.Linq;
using NUnit.Framework;
using UnityEditor;
using UnityEditor.Build;
using UnityEngine;

namespace FrameBridge.Editor.Tests
{
    public sealed class LibraryCheckTests : Fixture
    {
        private static readonly ProjectLibrary[] All =
            Libraries.Needed.Select(name => new ProjectLibrary($"Assets/{name}.dll")).ToArray();

        private static List<Finding> Examine(IEnumerable<ProjectLibrary> all) => new LibraryCheck(() => all).Examine().ToList();

        private static string Symbols(NamedBuildTarget target) => PlayerSettings.GetScriptingDefineSymbols(target);

        [Test]
        public void WhatIsMissingIsNamedWithItsMend()
        {
            var finding = Examine(All.Skip(1)).First();

            Assert.That(finding.Level, Is.EqualTo(FindingLevel.Fault));
            Assert.That(finding.Found, Does.Contain(Libraries.Needed[0]));
            Assert.That(finding.Mend, Does.Contain("README"));
        }

        [Test]
        public void WhatIsDoubledIsNamedWithBothPlaces()
        {
            var finding = Examine(All.Append(new ProjectLibrary("Assets/Other/Grpc.Core.Api.dll"))).First();

            Assert.That(finding.Level, Is.EqualTo(FindingLevel.Fault));
            Assert.That(finding.Found, Does.Contain("Assets/Grpc.Core.Api.dll and Assets/Other/Grpc.Core.Api.dll"));
        }

        [Test]
        public void TheButtonTurnsTheLayerOnForEveryTarget()
        {
            var finding = Examine(All).Single(each => each.CanFix);

            finding.Fix();

            Assert.That(Symbols(NamedBuildTarget.Server), Is.EqualTo(GrpcDefine.Name));
            Assert.That(Symbols(NamedBuildTarget.FromBuildTargetGroup(BuildTargetGroup.Android)), Is.EqualTo(GrpcDefine.Name));
            Assert.That(Examine(All).Select(each => each.Level), Is.All.EqualTo(FindingLevel.Fine));
        }

        [Test]
        public void TargetsThatUnityHasGivenUpAreLeftAlone()
        {
            GrpcDefine.TurnOn();

#pragma warning disable CS0618 // it is the point
            var old = NamedBuildTarget.FromBuildTargetGroup(BuildTargetGroup.WebPlayer);
#pragma warning restore CS0618
            Assert.That(Symbols(old), Is.Empty);
        }

        [Test]
        public void AGroupThatIsNoTargetIsLeftAlone()
        {
            GrpcDefine.TurnOn();

            Assert.That(GrpcDefine.OnEverywhere, Is.True);
            Assert.That(Debug.StubEntries, Is.Empty);
        }

        [Test]
        public void TheButtonTurnsTheLayerOffWhileALibraryIsMissing()
        {
            GrpcDefine.TurnOn();
            var finding = Examine(All.Skip(1)).Single(each => each.CanFix);

            finding.Fix();

            Assert.That(GrpcDefine.OnAnywhere, Is.False);
        }

        [Test]
        public void OtherSymbolsStay()
        {
            PlayerSettings.SetScriptingDefineSymbols(NamedBuildTarget.Server, "OURS;THEIRS");

            GrpcDefine.TurnOn();
            GrpcDefine.TurnOff();

            Assert.That(Symbols(NamedBuildTarget.Server), Is.EqualTo("OURS;THEIRS"));
        }

        [Test]
        public void SettlingTwiceWritesOnce()
        {
            var check = new LibraryCheck(() => All);
            Assert.That(check.Settle());
            var writes = PlayerSettings.StubSymbolWrites;

            Assert.That(check.Settle(), Is.False);
            Assert.That(PlayerSettings.StubSymbolWrites, Is.EqualTo(writes));
        }

        [Test]
        public void TheWatchFollowsTheLibraries()
        {
            LibraryWatch.Look(new LibraryCheck(() => All));
            Assert.That(GrpcDefine.OnEverywhere);

            LibraryWatch.Look(new LibraryCheck(() => All.Skip(1)));
            Assert.That(GrpcDefine.OnAnywhere, Is.False);
        }

        [Test]
        public void TheWatchKeepsStillWhenToldTo()
        {
            ProjectChoices.instance.FollowLibraries = false;

            LibraryWatch.Look(new LibraryCheck(() => All));

            Assert.That(GrpcDefine.OnAnywhere, Is.False);
        }

        [Test]
        public void AFindingWithoutAFixSaysWhatToDoInstead()
        {
            var finding = Examine(All.Skip(1)).First();

            var error = Assert.Throws<System.InvalidOperationException>(finding.Fix);
            Assert.That(error.Message, Does.Contain(finding.Mend));
        }
    }
}
