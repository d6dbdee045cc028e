using System.IO;
using System.Runtime.CompilerServices;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;
using UnityEngine.Rendering;
using UnityEngine.Stub;
using Object = UnityEngine.Object;

namespace FrameBridge.Editor.Tests
{
    public sealed class GameObjectMenuTests : Fixture
    {
        [SetUp]
        public void TheInstalledPackage() => StubProject.Open(typeof(BridgeHud).Assembly).Import(PackageFolder());

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
        public void AnAvatarKeepsTheMaterialThatIsSavedWithTheScene()
        {
            GraphicsSettings.currentRenderPipeline = ScriptableObject.CreateInstance<RenderPipelineAsset>();

            GameObjectMenu.AddAvatar(Nowhere);

            var material = Selection.activeGameObject.GetComponent<MeshRenderer>().sharedMaterial;
            Assert.That(material.hideFlags, Is.EqualTo(HideFlags.None));
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
            Assert.That(Object.FindObjectsByType<BridgeHud>(FindObjectsSortMode.None), Has.Length.EqualTo(1));
        }

        [Test]
        public void TheHudIsThePrefab()
        {
            GameObjectMenu.AddHud(Nowhere);

            var made = Selection.activeGameObject;
            Assert.That(PrefabUtility.GetCorrespondingObjectFromSource(made), Is.Not.Null);
            Assert.That(made.name, Is.EqualTo("FrameBridge HUD"));
            Assert.That(made.GetComponent<BridgeHud>().Label, Is.Not.Null);
            Assert.That(Undo.StubSteps, Is.EqualTo(new[] { "Create FrameBridge", "Create FrameBridge HUD" }));
        }

        [Test]
        public void AConversationComesWithACharacter()
        {
            GameObjectMenu.AddConversation(Nowhere);

            var made = Selection.activeGameObject;
            Assert.That(PrefabUtility.GetCorrespondingObjectFromSource(made), Is.Not.Null);
            Assert.That(made.GetComponent<ConversationView>().Npc, Is.SameAs(Object.FindAnyObjectByType<NpcDialogue>()));
            Assert.That(PrefabUtility.StubRecorded, Does.Contain(made.GetComponent<ConversationView>()), "it is saved");
            Assert.That(World.Count<BridgeConnection>(), Is.EqualTo(1));
        }

        [Test]
        public void AConversationIsHeldWithTheCharacterThatWasClicked()
        {
            var npc = new GameObject("Mira").AddComponent<NpcDialogue>();

            GameObjectMenu.AddConversation(new MenuCommand(npc.gameObject));

            Assert.That(World.Count<NpcDialogue>(), Is.EqualTo(1));
            Assert.That(Selection.activeGameObject.GetComponent<ConversationView>().Npc, Is.SameAs(npc));
            Assert.That(Selection.activeGameObject.transform.parent, Is.Null);
        }

        [Test]
        public void AConversationInTheWorldIsAboveItsCharacter()
        {
            var npc = new GameObject("Mira").AddComponent<NpcDialogue>();
            npc.transform.position = new Vector3(3f, 0f, 1f);

            GameObjectMenu.AddWorldConversation(new MenuCommand(npc.gameObject));

            var made = Selection.activeGameObject;
            Assert.That(made.GetComponent<ConversationView>().Npc, Is.SameAs(npc));
            Assert.That(made.GetComponent<Canvas>().renderMode, Is.EqualTo(RenderMode.WorldSpace));
            Assert.That(Vector3.Distance(made.transform.position, new Vector3(3f, 2.3f, 1f)), Is.LessThan(1e-4f));
            Assert.That(PrefabUtility.StubRecorded, Does.Contain(made.transform), "it is saved");
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

        private static string PackageFolder([CallerFilePath] string here = null) =>
            Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here), "..", "..", ".."));
    }
}
