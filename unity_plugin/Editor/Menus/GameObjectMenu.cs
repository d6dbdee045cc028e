using UnityEditor;
using UnityEngine;
using Object = UnityEngine.Object;

namespace FrameBridge.Editor
{
    /// <summary>GameObject, FrameBridge: each entry makes a working object, with a connection if there is none.</summary>
    internal static class GameObjectMenu
    {
        private const string Root = "GameObject/FrameBridge/";
        private const int Priority = 10;
        private const string Prefabs = "Packages/com.framebridge.unity/Runtime/Components/Prefabs/FrameBridge ";
        private const float WindowHeight = 2.3f; // metres from a character's feet to the middle of its window
        private const string AvatarShader = "FrameBridge/Avatar"; // blends premultiplied colours

        [MenuItem(Root + "Connection", false, Priority)]
        internal static void AddConnection(MenuCommand command) => Place(MakeConnection(), command);

        [MenuItem(Root + "Avatar", false, Priority + 1)]
        internal static void AddAvatar(MenuCommand command)
        {
            NeedConnection();
            var made = ObjectFactory.CreatePrimitive(PrimitiveType.Quad);
            made.name = "Avatar";
            var renderer = made.GetComponent<MeshRenderer>();
            renderer.sharedMaterial = new Material(Shader.Find(AvatarShader)) { name = "Avatar" }; // saved with the scene
            made.AddComponent<AvatarTexture>().TargetRenderer = renderer;
            Place(made, command);
        }

        [MenuItem(Root + "NPC", false, Priority + 2)]
        internal static void AddNpc(MenuCommand command)
        {
            NeedConnection();
            var made = new GameObject("NPC");
            made.AddComponent<NpcDialogue>();
            Place(made, command);
        }

        [MenuItem(Root + "Camera Recognizer", false, Priority + 3)]
        internal static void AddRecognizer(MenuCommand command)
        {
            NeedConnection();
            var made = new GameObject("Camera Recognizer");
            made.AddComponent<CameraRecognizer>();
            made.AddComponent<RecognitionOverlay>();
            Place(made, command);
        }

        [MenuItem(Root + "HUD", false, Priority + 4)]
        internal static void AddHud(MenuCommand command)
        {
            NeedConnection();
            Place(Instance("HUD"), command);
        }

        /// <summary>With the selected character, or a new one.</summary>
        [MenuItem(Root + "Conversation", false, Priority + 5)]
        internal static void AddConversation(MenuCommand command) => AddView("Conversation", command);

        /// <summary>The same, above the character.</summary>
        [MenuItem(Root + "Conversation (World Space)", false, Priority + 5)]
        internal static void AddWorldConversation(MenuCommand command)
        {
            var made = AddView("Conversation (world space)", command);
            made.transform.position = made.Npc.transform.position + (Vector3.up * WindowHeight);
            PrefabUtility.RecordPrefabInstancePropertyModifications(made.transform);
        }

        private static ConversationView AddView(string prefab, MenuCommand command)
        {
            NeedConnection();
            var clicked = command.context as GameObject;
            var npc = clicked == null ? null : clicked.GetComponent<NpcDialogue>();
            if (npc == null)
            {
                npc = new GameObject("NPC").AddComponent<NpcDialogue>();
                Place(npc.gameObject, command);
            }

            var made = Instance(prefab); // at the root of the scene: it has a canvas
            var view = made.GetComponent<ConversationView>();
            view.Npc = npc;
            PrefabUtility.RecordPrefabInstancePropertyModifications(view); // or the scene is saved without the change
            Place(made, new MenuCommand(null));
            return view;
        }

        private static GameObject Instance(string prefab) => (GameObject)PrefabUtility.InstantiatePrefab(
            AssetDatabase.LoadAssetAtPath<GameObject>(Prefabs + prefab + ".prefab"));

        private static GameObject MakeConnection()
        {
            var made = new GameObject("FrameBridge");
            made.AddComponent<BridgeConnection>().Settings = ProjectConnection.Settings;
            return made;
        }

        private static void NeedConnection()
        {
            if (Object.FindAnyObjectByType<BridgeConnection>() == null)
            {
                Undo.RegisterCreatedObjectUndo(MakeConnection(), "Create FrameBridge");
            }
        }

        private static void Place(GameObject made, MenuCommand command)
        {
            GameObjectUtility.SetParentAndAlign(made, command.context as GameObject);
            Undo.RegisterCreatedObjectUndo(made, "Create " + made.name);
            Selection.activeGameObject = made;
        }
    }
}
