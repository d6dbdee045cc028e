using System.Linq;
using NUnit.Framework;

namespace FrameBridge.Editor.Tests
{
    /// <summary>The preview on the real server.</summary>
    public sealed class AvatarPreviewTests : Fixture
    {
        private AvatarPreview _preview;

        [SetUp]
        public void Connect()
        {
            Transport.Register();
            _preview = new AvatarPreview(new BridgeOptions { Address = LiveServer() });
        }

        [TearDown]
        public void Close() => _preview?.Dispose();

        [Test]
        public void ALookBecomesAPicture()
        {
            _preview.Show(new AvatarLook(7));

            Turn(() => _preview.Picture != null, "a picture");

            Assert.That(_preview.Picture.width, Is.EqualTo(_preview.Picture.height));
            Assert.That(_preview.Picture.StubBytes.ToArray().Distinct().Count(), Is.GreaterThan(16), "more than one colour");
            Assert.That(_preview.Problem, Is.Empty);
        }

        [Test]
        public void AnotherLookBecomesAnotherPicture()
        {
            _preview.Show(new AvatarLook(7));
            Turn(() => _preview.Picture != null, "a picture");
            var first = _preview.Picture.StubBytes.ToArray();

            _preview.Show(new AvatarLook(8));

            Turn(() => !_preview.Picture.StubBytes.ToArray().SequenceEqual(first), "another picture");
        }

        [Test]
        public void TheServerTellsWhatALookMayBeMadeOf()
        {
            Turn(() => _preview.Schema != null, "the schema");

            Assert.That(_preview.Schema.Expressions, Is.Not.Empty);
            Assert.That(_preview.Schema.Attributes, Is.Not.Empty);
        }

        [Test]
        public void ALookThatCannotBeIsSaid()
        {
            _preview.Show(new AvatarLook(7, new[] { new AvatarAttribute("no such thing", "x") }));

            Turn(() => _preview.Problem.Length > 0, "a problem");

            Assert.That(_preview.Problem, Does.Contain("no such thing"));
        }

        [Test]
        public void ClosingAllClosesIt()
        {
            _preview.Show(new AvatarLook(7));
            Turn(() => _preview.Picture != null, "a picture");
            Assert.That(Previews.Count, Is.EqualTo(1));

            Previews.CloseAll();

            Assert.That(Previews.Count, Is.Zero);
            Assert.That(_preview.IsOver);
            Assert.That(_preview.Picture == null);
        }

        private void Turn(System.Func<bool> holds, string what) => Until(
            () =>
            {
                _preview.Step();
                return holds();
            },
            what);
    }
}
