using System.Diagnostics;
using System.Linq;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Stub;

namespace FrameBridge.Editor.Tests
{
    /// <summary>A runner's inspector and menu entry; the model is "invert" of tests/unity/own_models.py.</summary>
    public sealed class ModelRunnerEditorTests : Fixture
    {
        private const int Side = 64;
        private readonly Stopwatch _watch = Stopwatch.StartNew();

        [TearDown]
        public void Leave()
        {
            if (Application.isPlaying)
            {
                StubPlayer.ExitPlayMode();
            }
        }

        [Test]
        public void TheMenuMakesARunnerWithAConnection()
        {
            ModelRunnerMenu.AddRunner(new MenuCommand(null));
            ModelRunnerMenu.AddRunner(new MenuCommand(Selection.activeGameObject));

            Assert.That(Selection.activeGameObject.GetComponent<ModelRunner>(), Is.Not.Null);
            Assert.That(Selection.activeGameObject.transform.parent, Is.Not.Null);
            Assert.That(Undo.StubSteps, Is.EqualTo(new[] { "Create FrameBridge", "Create Model Runner", "Create Model Runner" }));
        }

        [Test]
        public void ARunnerWithoutAModelIsTold()
        {
            var made = new GameObject("runner");
            made.SetActive(false);

            Inspect(made.AddComponent<ModelRunner>()).OnInspectorGUI();

            Assert.That(StubGui.Texts, Has.Some.Contains("No model is named"));
        }

        [Test]
        public void ATextureGoesThroughTheServersModel()
        {
            var address = LiveServer();
            StubPlayer.EnterPlayMode(typeof(BridgeConnection).Assembly);
            Transport.Register();
            Connect(address);
            var runner = Runner();
            Frames(() => runner.AnswerCount >= 3, "answers");

            var inspector = Inspect(runner);
            inspector.OnInspectorGUI();
            inspector.OnPreviewGUI(default, null);

            Assert.That(runner.Problem, Is.Empty);
            Assert.That(StubGui.Texts, Does.Contain("Float32 [3, 64, 64]").And.Contain("Float32 [1]"));
            Assert.That(StubGui.Textures.Single(), Is.SameAs(runner.Texture));
            var shown = runner.Texture.StubBytes;
            Assert.That((shown[0], shown[1], shown[2]), Is.EqualTo((255 - 10, 255 - 20, 255 - 30)), "the negative");
            Assert.That(shown[^4], Is.EqualTo(255 - 200), "the top right corner, upright");
            Assert.That(runner.TryGetResult(out var result) && result.Outputs.Get<float>("mean")[0] > 0f);
        }

        private static ModelRunner Runner()
        {
            var picture = new Texture2D(Side, Side, GraphicsFormat.R8G8B8A8_SRGB, TextureCreationFlags.None);
            var pixels = picture.GetRawTextureData<byte>().AsSpan();
            (pixels[0], pixels[1], pixels[2], pixels[^4]) = (10, 20, 30, 200);
            picture.Apply(false, false);
            var made = new GameObject("runner");
            made.SetActive(false);
            var runner = made.AddComponent<ModelRunner>();
            runner.Model = "invert";
            runner.Picture = picture;
            runner.Width = runner.Height = Side;
            runner.OutputName = "image";
            made.SetActive(true);
            return runner;
        }

        private static void Connect(string address)
        {
            var settings = ScriptableObject.CreateInstance<BridgeSettings>();
            settings.Address = address;
            var made = new GameObject("connection");
            made.SetActive(false);
            made.AddComponent<BridgeConnection>().Settings = settings;
            made.SetActive(true);
        }

        private static ModelRunnerEditor Inspect(ModelRunner runner)
        {
            var inspector = ScriptableObject.CreateInstance<ModelRunnerEditor>();
            inspector.target = runner;
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
    }
}
