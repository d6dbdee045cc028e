#if UNITY_EDITOR
using UnityEditor;
using UnityEditor.SceneManagement;
using UnityEngine;
using UnityEngine.SceneManagement;

namespace FrameBridge.Samples
{
    /// <summary>Makes the sample's scene and its persona: FrameBridge, Samples, Create the Talk to an NPC scene.</summary>
    public static class CreateTalkToNpcScene
    {
        private const string Recording = "TalkToNpcRecording";
        private const string WindowPath =
            "Packages/com.framebridge.unity/Runtime/Components/Prefabs/FrameBridge Conversation.prefab";

        private const string PersonaPath = "Assets/Mira.asset";

        /// <summary>Makes a new scene, not saved yet, and the persona asset where there is none.</summary>
        [MenuItem("FrameBridge/Samples/Create the Talk to an NPC scene")]
        public static void Create()
        {
            EditorSceneManager.NewScene(NewSceneSetup.DefaultGameObjects, NewSceneMode.Single);

            var connection = new GameObject("FrameBridge").AddComponent<BridgeConnection>();
            connection.Recording = Find(Recording);

            var mira = new GameObject("Mira");
            mira.AddComponent<NpcDialogue>().Persona = Persona();
            mira.SetActive(false); // it wakes with its window
            mira.AddComponent<TalkToNpc>().View = Window();
            mira.SetActive(true);
            EditorSceneManager.MarkSceneDirty(SceneManager.GetActiveScene());
        }

        private static ConversationView Window()
        {
            var prefab = AssetDatabase.LoadAssetAtPath<GameObject>(WindowPath);
            return prefab == null ? null : ((GameObject)PrefabUtility.InstantiatePrefab(prefab)).GetComponent<ConversationView>();
        }

        private static NpcPersona Persona()
        {
            var there = AssetDatabase.LoadAssetAtPath<NpcPersona>(PersonaPath);
            if (there != null)
            {
                return there;
            }

            var persona = ScriptableObject.CreateInstance<NpcPersona>();
            persona.Description = "You are Mira, a friendly innkeeper in a small harbour town. You answer in one or two short "
                + "sentences. You may wave, written [wave].";
            persona.FallbackLines = new[] { "One moment, please, I have my hands full.", "Come back in a little while." };
            persona.Actions = new[] { "wave" };
            AssetDatabase.CreateAsset(persona, PersonaPath);
            AssetDatabase.SaveAssets();
            return persona;
        }

        private static TextAsset Find(string name)
        {
            string[] found = AssetDatabase.FindAssets(name + " t:TextAsset");
            return found.Length == 0 ? null : AssetDatabase.LoadAssetAtPath<TextAsset>(AssetDatabase.GUIDToAssetPath(found[0]));
        }
    }
}
#endif
