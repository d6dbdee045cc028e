using System.Linq;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor.Tests
{
    /// <summary>Pick attributes, see the avatar: on the real server, in edit mode.</summary>
    public sealed class AvatarTextureEditorTests : Fixture
    {
        private AvatarTexture _avatar;
        private AvatarTextureEditor _inspector;

        [SetUp]
        public void Select()
        {
            Transport.Register();
            SessionState.SetBool("FrameBridge.Preview", true);
            ProjectConnection.Create().Address = LiveServer();
            _avatar = new GameObject("avatar").AddComponent<AvatarTexture>();
            _inspector = ScriptableObject.CreateInstance<AvatarTextureEditor>();
            _inspector.target = _avatar;
        }

        [TearDown]
        public void Deselect()
        {
            Previews.CloseAll();
            if (_inspector != null)
            {
                Object.DestroyImmediate(_inspector);
            }
        }

        [Test]
        public void ThePreviewShowsAPicture()
        {
            Until(Drawn, "a picture in the preview");

            Assert.That(_inspector.StubRepaints, Is.GreaterThan(0));
            Assert.That(_inspector.Problem, Is.Empty);
        }

        [Test]
        public void WhatIsPickedIsSetAndSeen()
        {
            Until(Drawn, "a picture in the preview");
            var before = ((Texture2D)StubGui.Textures.Last()).StubBytes.ToArray();
            Until(() => Draws("Expression"), "the pickers");
            StubGui.Enter("Expression", 2); // the first one may be what the seed has anyway

            _inspector.OnInspectorGUI();

            Assert.That(_avatar.Expression, Is.Not.Empty);
            Assert.That(Undo.StubSteps, Is.EqualTo(new[] { "Change avatar look" }));
            Until(() => Drawn() && !((Texture2D)StubGui.Textures.Last()).StubBytes.ToArray().SequenceEqual(before), "another picture");
        }

        [Test]
        public void AColourIsSetAndLeftToTheSeedAgain()
        {
            Until(() => Draws("Expression"), "the pickers");
            var name = StubGui.Texts.First(text => text.StartsWith("Override ")).Replace("Override ", "");
            StubGui.Enter("Override " + name, true);
            StubGui.Enter(name, new Color(1f, 0f, 0f, 1f));

            _inspector.OnInspectorGUI();
            Assert.That(_avatar.Attributes.Single().Value, Is.EqualTo("#ff0000"));

            StubGui.Enter("Override " + name, false);
            _inspector.OnInspectorGUI();
            Assert.That(_avatar.Attributes, Is.Empty);
        }

        [Test]
        public void SwitchedOffItHasNoConnection()
        {
            Until(Drawn, "a picture in the preview");
            StubGui.Enter("Preview from the server", false);

            _inspector.OnInspectorGUI();
            EditorApplication.StubTick();

            Assert.That(Previews.Count, Is.Zero);
        }

        [Test]
        public void DeselectedItHasNoConnection()
        {
            Until(Drawn, "a picture in the preview");

            Object.DestroyImmediate(_inspector);

            Assert.That(Previews.Count, Is.Zero);
            Assert.That(EditorApplication.update, Is.Null);
        }

        [Test]
        public void BeforeAReloadOfTheDomainItIsClosed()
        {
            StreamCloser.OnLoad();
            Until(Drawn, "a picture in the preview");

            AssemblyReloadEvents.StubReload();

            Assert.That(Previews.Count, Is.Zero);
        }

        [Test]
        public void WhenPlayModeBeginsItIsClosed()
        {
            StreamCloser.OnLoad();
            Until(Drawn, "a picture in the preview");

            EditorApplication.isPlayingOrWillChangePlaymode = true;
            EditorApplication.StubChange(PlayModeStateChange.ExitingEditMode);
            EditorApplication.StubTick();

            Assert.That(Previews.Count, Is.Zero);
        }

        private bool Drawn()
        {
            StubGui.Textures.Clear();
            _inspector.OnPreviewGUI(default, null);
            return StubGui.Textures.Count > 0;
        }

        private bool Draws(string label)
        {
            StubGui.Texts.Clear();
            _inspector.OnInspectorGUI();
            return StubGui.Texts.Contains(label);
        }
    }
}
