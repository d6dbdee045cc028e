using System;
using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>
    /// The inspector of an avatar. In edit mode its preview follows the picked attributes; in play mode it shows the
    /// running texture.
    /// </summary>
    [CustomEditor(typeof(AvatarTexture))]
    internal sealed class AvatarTextureEditor : UnityEditor.Editor
    {
        private const string ShownKey = "FrameBridge.Preview";

        private AvatarPreview _preview;
        private string _shownLook;
        private string _problem = "";

        private AvatarTexture Avatar => (AvatarTexture)target;

        private static bool Shown
        {
            get => SessionState.GetBool(ShownKey, true);
            set => SessionState.SetBool(ShownKey, value);
        }

        public override void OnInspectorGUI()
        {
            DrawDefaultInspector();
            EditorGUILayout.Space();
            if (Application.isPlaying)
            {
                DrawRunning();
                return;
            }

            Shown = EditorGUILayout.Toggle("Preview from the server", Shown);
            if (Shown && _preview?.Schema != null && LookFields.Draw(Avatar, _preview.Schema))
            {
                Repaint();
            }

            if (Shown && Problem.Length > 0)
            {
                EditorGUILayout.HelpBox(Problem, MessageType.Info);
            }
        }

        public override bool HasPreviewGUI() => true;

        public override GUIContent GetPreviewTitle() => new GUIContent("Avatar");

        public override void OnPreviewGUI(Rect r, GUIStyle background)
        {
            var picture = Application.isPlaying ? Avatar.Texture : _preview?.Picture;
            if (picture != null)
            {
                EditorGUI.DrawTextureTransparent(r, picture, ScaleMode.ScaleToFit);
            }
        }

        public override bool RequiresConstantRepaint() => Application.isPlaying;

        internal string Problem => _problem.Length > 0 ? _problem : _preview?.Problem ?? "";

        internal void Step()
        {
            if (Application.isPlaying || EditorApplication.isPlayingOrWillChangePlaymode || !Shown || target == null)
            {
                Close();
                return;
            }

            if (_preview == null || _preview.IsOver)
            {
                Open();
            }

            if (_preview != null)
            {
                Follow();
                if (_preview.Step())
                {
                    Repaint();
                }
            }
        }

        private void OnEnable() => EditorApplication.update += Step;

        private void OnDisable()
        {
            EditorApplication.update -= Step;
            Close();
        }

        private void Open()
        {
            Close();
            if (_problem.Length > 0)
            {
                return; // invalid settings: do not retry in every editor update
            }

            try
            {
                _preview = new AvatarPreview(AvatarOptions.Of(Avatar));
                _shownLook = null;
            }
            catch (Exception error) when (error is ArgumentException || error is BridgeException)
            {
                _problem = error.Message;
                Repaint();
            }
        }

        private void Close()
        {
            _preview?.Dispose();
            _preview = null;
        }

        private void Follow()
        {
            var look = Avatar.Look;
            var key = LookKey.Of(look);
            if (key != _shownLook)
            {
                _shownLook = key;
                _preview.Show(look);
            }
        }

        private void DrawRunning()
        {
            var frame = Avatar.LastFrame;
            EditorGUILayout.LabelField("Slot", Avatar.SlotNumber.ToString());
            EditorGUILayout.LabelField("Frame", $"{frame.FrameIndex}, {frame.Width}x{frame.Height} {frame.Format}");
            EditorGUILayout.LabelField("Rung", $"{frame.Timing.Rung}, {frame.ElapsedSeconds * 1000:0.0} ms");
            if (Avatar.Problem.Length > 0)
            {
                EditorGUILayout.HelpBox(Avatar.Problem, MessageType.Warning);
            }
        }
    }
}
