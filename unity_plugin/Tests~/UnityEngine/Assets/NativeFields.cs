using System;
using System.Collections.Generic;
using static UnityEngine.Stub.NativeField;

namespace UnityEngine.Stub
{
    /// <summary>The engine's own components that scenes may hold, and those of their fields that the stub has.</summary>
    internal static class NativeFields
    {
        private static readonly Dictionary<int, Type> Classes = new Dictionary<int, Type>
        {
            [4] = typeof(Transform),
            [20] = typeof(Camera),
            [23] = typeof(MeshRenderer),
            [33] = typeof(MeshFilter),
            [81] = typeof(AudioListener),
            [108] = typeof(Light),
            [222] = typeof(CanvasRenderer),
            [223] = typeof(Canvas),
            [224] = typeof(RectTransform),
            [225] = typeof(CanvasGroup),
        };

        private static readonly Dictionary<Type, NativeField[]> Known = new Dictionary<Type, NativeField[]>
        {
            [typeof(Behaviour)] = new[] { Of<Behaviour, bool>("m_Enabled", on => on.enabled, (on, value) => on.enabled = value) },
            [typeof(Transform)] = new[]
            {
                Of<Transform, Quaternion>("m_LocalRotation", on => on.localRotation, (on, value) => on.localRotation = value),
                Of<Transform, Vector3>("m_LocalPosition", on => on.localPosition, (on, value) => on.localPosition = value),
                Of<Transform, Vector3>("m_LocalScale", on => on.localScale, (on, value) => on.localScale = value),
            },
            [typeof(RectTransform)] = new[]
            {
                Of<RectTransform, Vector2>("m_AnchorMin", on => on.anchorMin, (on, value) => on.anchorMin = value),
                Of<RectTransform, Vector2>("m_AnchorMax", on => on.anchorMax, (on, value) => on.anchorMax = value),
                Of<RectTransform, Vector2>("m_Pivot", on => on.pivot, (on, value) => on.pivot = value),
                Of<RectTransform, Vector2>("m_SizeDelta", on => on.sizeDelta, (on, value) => on.sizeDelta = value),
                Of<RectTransform, Vector2>("m_AnchoredPosition", on => on.anchoredPosition, (on, value) => on.anchoredPosition = value),
            },
            [typeof(Camera)] = new[]
            {
                Of<Camera, float>("field of view", on => on.fieldOfView, (on, value) => on.fieldOfView = value),
                Of<Camera, bool>("orthographic", on => on.orthographic, (on, value) => on.orthographic = value),
                Of<Camera, RenderTexture>("m_TargetTexture", on => on.targetTexture, (on, value) => on.targetTexture = value),
            },
            [typeof(Renderer)] = new[]
            {
                Of<Renderer, bool>("m_Enabled", on => on.enabled, (on, value) => on.enabled = value),
                Of<Renderer, Material[]>("m_Materials", on => on.sharedMaterials, (on, value) => on.sharedMaterials = value),
            },
            [typeof(Canvas)] = new[]
            {
                Of<Canvas, RenderMode>("m_RenderMode", on => on.renderMode, (on, value) => on.renderMode = value),
                Of<Canvas, int>("m_SortingOrder", on => on.sortingOrder, (on, value) => on.sortingOrder = value),
            },
            [typeof(MeshFilter)] = new[]
            {
                Of<MeshFilter, Mesh>("m_Mesh", on => on.sharedMesh, (on, value) => on.sharedMesh = value),
            },
            [typeof(Light)] = new[]
            {
                Of<Light, LightType>("m_Type", on => on.type, (on, value) => on.type = value),
                Of<Light, Color>("m_Color", on => on.color, (on, value) => on.color = value),
                Of<Light, float>("m_Intensity", on => on.intensity, (on, value) => on.intensity = value),
            },
        };

        /// <summary>The component of a class number; null when the stub has none.</summary>
        internal static Type ClassOf(int classId) => Classes.TryGetValue(classId, out Type found) ? found : null;

        /// <summary>The fields of a component, those of its base classes first.</summary>
        internal static List<NativeField> Of(Type type)
        {
            var found = new List<NativeField>();
            for (Type at = type; at != null; at = at.BaseType)
            {
                if (Known.TryGetValue(at, out NativeField[] fields))
                {
                    found.InsertRange(0, fields);
                }
            }

            return found;
        }
    }
}
