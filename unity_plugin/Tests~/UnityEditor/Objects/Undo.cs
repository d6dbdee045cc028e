using System.Collections.Generic;
using UnityEngine;
using Object = UnityEngine.Object;

namespace UnityEditor
{
    public static class Undo
    {
        /// <summary>What was made or changed so that it can be undone.</summary>
        public static List<string> StubSteps { get; } = new List<string>();

        public static void RegisterCreatedObjectUndo(Object objectToUndo, string name) => StubSteps.Add(name);

        public static void RecordObject(Object objectToUndo, string name) => StubSteps.Add(name);
    }

    public static class Selection
    {
        public static GameObject activeGameObject { get; set; }

        public static Object activeObject { get; set; }
    }

    public static class EditorUtility
    {
        public static void SetDirty(Object target)
        {
        }

        /// <summary>What the user picks in the next file dialog; empty closes it.</summary>
        public static string StubPath { get; set; } = string.Empty;

        public static string OpenFilePanel(string title, string directory, string extension) => StubPath;

        public static string SaveFilePanel(string title, string directory, string defaultName, string extension) => StubPath;
    }

    public static class GameObjectUtility
    {
        public static void SetParentAndAlign(GameObject child, GameObject parent)
        {
            if (parent != null)
            {
                child.transform.SetParent(parent.transform);
            }
        }
    }

    public sealed class MenuCommand
    {
        public MenuCommand(Object context) => this.context = context;

        public Object context { get; }
    }
}
