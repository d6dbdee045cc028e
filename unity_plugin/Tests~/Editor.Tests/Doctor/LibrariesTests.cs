using System.Collections.Generic;
using System.Linq;
using NUnit.Framework;

namespace FrameBridge.Editor.Tests
{
    public sealed class LibrariesTests
    {
        private const string Api = "Grpc.Core.Api";

        private static IEnumerable<ProjectLibrary> All => Libraries.Needed.Select(At);

        [Test]
        public void EachOnceIsComplete()
        {
            var libraries = Of(All);

            Assert.That(libraries.Complete);
            Assert.That(libraries.Missing, Is.Empty);
            Assert.That(libraries.SwitchedOff, Is.Empty);
            Assert.That(libraries.Doubled, Is.Empty);
        }

        [Test]
        public void NoneIsAllMissing() => Assert.That(Of(new ProjectLibrary[0]).Missing, Is.EqualTo(Libraries.Needed));

        [Test]
        public void OneThatIsThereTwiceIsDoubled()
        {
            var libraries = Of(All.Append(new ProjectLibrary($"Assets/Other/{Api}.dll")));

            Assert.That(libraries.Complete, Is.False);
            Assert.That(libraries.Doubled, Is.EqualTo(new[] { Api }));
            Assert.That(libraries.PlacesOf(Api), Has.Count.EqualTo(2));
        }

        [TestCase(true, false)]
        [TestCase(false, true)]
        public void OneThatIsThereTwiceInOneCompilationIsDoubled(bool editor, bool build)
        {
            var libraries = Of(All
                .Append(new ProjectLibrary($"Assets/Other/{Api}.dll", editor, build))
                .Append(new ProjectLibrary($"Assets/Off/{Api}.dll", false, false)));

            Assert.That(libraries.Doubled, Is.EqualTo(new[] { Api }));
            Assert.That(libraries.PlacesOf(Api), Has.None.Contains("Off"));
        }

        [Test]
        public void OneForTheEditorAndOneForBuildsAreNoDouble()
        {
            var libraries = Of(All.Where(each => each.Name != Api)
                .Append(new ProjectLibrary($"Assets/Editor/{Api}.dll", true, false))
                .Append(new ProjectLibrary($"Assets/Build/{Api}.dll", false, true)));

            Assert.That(libraries.Complete);
        }

        [TestCase(true, false)]
        [TestCase(false, true)]
        [TestCase(false, false)]
        public void OneThatIsNotOnEverywhereIsSwitchedOff(bool editor, bool build)
        {
            var libraries = Of(All.Where(each => each.Name != Api)
                .Append(new ProjectLibrary($"Assets/{Api}.dll", editor, build)));

            Assert.That(libraries.Complete, Is.False);
            Assert.That(libraries.Missing, Is.Empty);
            Assert.That(libraries.SwitchedOff, Is.EqualTo(new[] { Api }));
        }

        [Test]
        public void ThePathOfOneFileInTwoSpellingsIsOneFile()
        {
            var libraries = Of(All.Concat(All.Select(
                each => new ProjectLibrary(each.Path.Replace('/', '\\').ToUpperInvariant()))));

            Assert.That(libraries.Complete);
        }

        [Test]
        public void OneWhoseNameOnlyBeginsSoIsAnother()
        {
            var libraries = Of(All.Where(each => each.Name != Api).Append(new ProjectLibrary($"Assets/{Api}.Extra.dll")));

            Assert.That(libraries.Missing, Is.EqualTo(new[] { Api }));
        }

        [Test]
        public void WhatNobodyNeedsMayBeThereTwice()
        {
            var libraries = Of(All.Append(new ProjectLibrary("Assets/Mine.dll")).Append(new ProjectLibrary("Packages/x/Mine.dll")));

            Assert.That(libraries.Complete);
        }

        private static ProjectLibrary At(string name) => new ProjectLibrary($"Assets/Packages/{name}/{name}.dll");

        private static Libraries Of(IEnumerable<ProjectLibrary> all) => new Libraries(all, Libraries.Needed);
    }
}
