using System;
using UnityEngine.Stub;

namespace UnityEngine
{
    /// <summary>A perspective camera. The test decides what Render draws.</summary>
    public sealed class Camera : Behaviour
    {
        private static Camera s_main;
        private float _aspect = 16f / 9f;

        /// <summary>The first camera that is on and has the tag MainCamera, unless a test sets another one.</summary>
        public static Camera main
        {
            get => s_main != null ? s_main : Array.Find(
                FindObjectsByType<Camera>(FindObjectsSortMode.None),
                each => each.enabled && each.gameObject.tag == "MainCamera");
            set => s_main = value;
        }

        /// <summary>Draws into the target of a camera that renders.</summary>
        public static Action<Camera, RenderTexture> StubDraw { get; set; }

        public float fieldOfView { get; set; } = 60f;

        public float aspect
        {
            get => targetTexture != null ? targetTexture.width / (float)targetTexture.height : _aspect;
            set => _aspect = value;
        }

        public bool orthographic { get; set; }

        public RenderTexture targetTexture { get; set; }

        public int pixelWidth => targetTexture != null ? targetTexture.width : Screen.width;

        public int pixelHeight => targetTexture != null ? targetTexture.height : Screen.height;

        public void Render()
        {
            MainThread.Require("Render");
            StubDraw?.Invoke(this, targetTexture);
        }

        public void ResetAspect() => _aspect = 16f / 9f;

        /// <summary>The third coordinate is the distance from the camera.</summary>
        public Vector3 ViewportToWorldPoint(Vector3 position)
        {
            MainThread.Require("ViewportToWorldPoint");
            float half = Mathf.Tan(fieldOfView * 0.5f * Mathf.Deg2Rad) * position.z;
            var local = new Vector3(
                ((2f * position.x) - 1f) * half * aspect, ((2f * position.y) - 1f) * half, position.z);
            return transform.position + (transform.rotation * local);
        }

        public Vector3 WorldToViewportPoint(Vector3 position)
        {
            MainThread.Require("WorldToViewportPoint");
            Vector3 local = Quaternion.Inverse(transform.rotation) * (position - transform.position);
            float half = Mathf.Tan(fieldOfView * 0.5f * Mathf.Deg2Rad) * local.z;
            return new Vector3(
                0.5f + (local.x / (2f * half * aspect)), 0.5f + (local.y / (2f * half)), local.z);
        }
    }
}
