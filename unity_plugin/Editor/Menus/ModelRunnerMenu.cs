using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>GameObject, FrameBridge, Model Runner: with a connection if there is none.</summary>
    internal static class ModelRunnerMenu
    {
        [MenuItem("GameObject/FrameBridge/Model Runner", false, 16)]
        internal static void AddRunner(MenuCommand command)
        {
            if (Object.FindAnyObjectByType<BridgeConnection>() == null)
            {
                GameObjectMenu.AddConnection(new MenuCommand(null));
            }

            var made = new GameObject("Model Runner");
            made.AddComponent<ModelRunner>();
            GameObjectUtility.SetParentAndAlign(made, command.context as GameObject);
            Undo.RegisterCreatedObjectUndo(made, "Create " + made.name);
            Selection.activeGameObject = made;
        }
    }
}
