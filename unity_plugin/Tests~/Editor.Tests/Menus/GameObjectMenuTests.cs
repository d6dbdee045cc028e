using NUnit.Framework;
using UnityEditor;
using UnityEngine;
using UnityEngine.Stub;

namespace FrameBridge.Editor.Tests
{
    public sealed class GameObjectMenuTests : Fixture
    {
        private static readonly MenuCommand Nowhere = new MenuCommand(null);

        [Test]
        public void AnAvatarComesWithARendererAndAConnection()
        {
            GameObjectMenu.AddAvatar(Nowhere);

            var made = Selection.activeGameObject;
            Assert.That(made.name, Is.EqualTo("Avatar"));
            Assert.That(made.GetComponent<AvatarTexture>().TargetRenderer, Is.SameAs(made.GetComponent<MeshRenderer>()));
            Assert.That(made.GetComponent<MeshRenderer>().sharedMaterial.shader.name, Is.EqualTo("FrameBridge/Avatar"));
            Assert.That(World.Count<BridgeConnection>(), Is.EqualTo(1));
            Assert.That(Undo.StubSteps, Is.EqualTo(new[] { "Create FrameBridge", "Create Avatar" }));
        }

        [Test]
        public void AConnectionThatIsThereIsUsed()
        {
            GameObjectMenu.AddConnection(Nowhere);
            GameObjectMenu.AddNpc(Nowhere);
            GameObjectMenu.AddRecognizer(Nowhere);
            GameObjectMenu.AddHud(Nowhere);

            Assert.That(World.Count<BridgeConnection>(), Is.EqualTo(1));
            Assert.That(World.Count<NpcDialogue>(), Is.EqualTo(1));
            Assert.That(World.Count<CameraRecognizer>(), Is.EqualTo(1));
            Assert.That(World.Count<BridgeHud>(), Is.EqualTo(1));
        }

        [Test]
        public void TheProjectSSettingsAreTaken()
        {
            var settings = ProjectConnection.Create();

            GameObjectMenu.AddConnection(Nowhere);

            Assert.That(Selection.activeGameObject.GetComponent<BridgeConnection>().Settings, Is.SameAs(settings));
        }

        [Test]
        public void ItGoesBelowWhatWasClicked()
        {
            var parent = new GameObject("parent");

            GameObjectMenu.AddNpc(new MenuCommand(parent));

            Assert.That(Selection.activeGameObject.transform.parent, Is.SameAs(parent.transform));
        }
    }
}
