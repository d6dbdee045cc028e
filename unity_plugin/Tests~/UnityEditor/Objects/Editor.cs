using System;
using UnityEngine;
using Object = UnityEngine.Object;

namespace UnityEditor
{
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class CustomEditor : Attribute
    {
        public CustomEditor(Type inspectedType) => StubInspectedType = inspectedType;

        public Type StubInspectedType { get; }
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class CanEditMultipleObjects : Attribute
    {
    }

    public class Editor : ScriptableObject
    {
        public Object target { get; set; }

        public Object[] targets => new[] { target };

        public SerializedObject serializedObject => _serialized ??= new SerializedObject(target);

        private SerializedObject _serialized;

        /// <summary>How often a repaint was asked for.</summary>
        public int StubRepaints { get; private set; }

        public virtual void OnInspectorGUI() => DrawDefaultInspector();

        public bool DrawDefaultInspector()
        {
            foreach (var name in serializedObject.StubNames)
            {
                StubGui.Text(name);
            }

            return false;
        }

        public void Repaint() => StubRepaints++;

        public virtual bool HasPreviewGUI() => false;

        public virtual GUIContent GetPreviewTitle() => null;

        public virtual void OnPreviewGUI(Rect r, GUIStyle background)
        {
        }

        public virtual bool RequiresConstantRepaint() => false;
    }
}
