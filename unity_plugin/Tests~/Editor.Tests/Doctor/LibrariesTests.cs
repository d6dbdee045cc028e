using System.Linq;
using NUnit.Framework;

namespace FrameBridge.Editor.Tests
{
    public sealed class LibrariesTests
    {
        private static string[] All => Libraries.Needed.Select(name => $"Assets/Packages/{name}/{name}.dll").ToArray();

        [Test]
        public void EachOnceIsComplete()
        {
            var libraries = new Libraries(All);

            Assert.That(libraries.Complete);
            Assert.That(libraries.Missing, Is.Empty);
            Assert.That(libraries.Doubled, Is.Empty);
        }

        [Test]
        public void NoneIsAllMissing() => Assert.That(new Libraries(new string[0]).Missing, Is.EqualTo(Libraries.Needed));

        [Test]
        public void OneThatIsThereTwiceIsDoubled()
        {
            var libraries = new Libraries(All.Append("Assets/Other/Grpc.Core.Api.dll"));

            Assert.That(libraries.Complete, Is.False);
            Assert.That(libraries.Doubled, Is.EqualTo(new[] { "Grpc.Core.Api" }));
            Assert.That(libraries.PlacesOf("Grpc.Core.Api"), Has.Count.EqualTo(2));
        }

        [Test]
        public void ThePathOfOneFileInTwoSpellingsIsOneFile()
        {
            var libraries = new Libraries(All.Concat(All.Select(path => path.Replace('/', '\\').ToUpperInvariant())));

            Assert.That(libraries.Complete);
        }

        [Test]
        public void OneWhoseNameOnlyBeginsSoIsAnother()
        {
            var libraries = new Libraries(All.Skip(1).Append("Assets/Grpc.Core.Api.Extra.dll"));

            Assert.That(libraries.Missing, Is.EqualTo(new[] { "Grpc.Core.Api" }));
        }
    }
}
