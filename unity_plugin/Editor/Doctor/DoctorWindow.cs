using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>The Setup Doctor's window: its findings, with a fix button where possible.</summary>
    internal sealed class DoctorWindow : EditorWindow
    {
        private const string Title = "FrameBridge Setup Doctor";

        private IReadOnlyList<Finding> _findings = Array.Empty<Finding>();
        private CancellationTokenSource _looking;
        private Vector2 _scroll;

        /// <summary>Runs the checks; tests replace it before the window opens.</summary>
        internal static Func<CancellationToken, Task<IReadOnlyList<Finding>>> Examine { get; set; } =
            SetupDoctor.ExamineAsync;

        internal bool IsLooking => _looking != null;

        [MenuItem("Window/FrameBridge/Setup Doctor")]
        internal static void Open()
        {
            var window = GetWindow<DoctorWindow>(Title);
            window.minSize = new Vector2(420, 320);
            window.Look();
        }

        internal async void Look()
        {
            _looking?.Cancel();
            var mine = _looking = new CancellationTokenSource();
            try
            {
                var findings = await Examine(mine.Token);
                if (_looking == mine)
                {
                    _findings = findings;
                }
            }
            catch (OperationCanceledException)
            {
                // A newer check, or the window was closed.
            }
            finally
            {
                if (_looking == mine)
                {
                    _looking = null;
                    Repaint();
                }
            }
        }

        internal void OnGUI()
        {
            EditorGUILayout.LabelField(Headline());
            if (GUILayout.Button("Check again"))
            {
                Look();
            }

            _scroll = EditorGUILayout.BeginScrollView(_scroll);
            foreach (var finding in _findings.OrderByDescending(each => each.Level))
            {
                Draw(finding);
            }

            EditorGUILayout.EndScrollView();
        }

        private void OnDisable()
        {
            _looking?.Cancel();
            _looking = null;
        }

        private string Headline()
        {
            if (IsLooking)
            {
                return "Looking...";
            }

            var faults = _findings.Count(finding => finding.Level == FindingLevel.Fault);
            return _findings.Count == 0 ? "Not checked yet." : faults == 0 ? "No faults found." : $"{faults} to fix.";
        }

        private void Draw(Finding finding)
        {
            var text = finding.Mend.Length == 0 ? finding.Found : $"{finding.Found}\n{finding.Mend}";
            EditorGUILayout.HelpBox($"{finding.Name}: {text}", IconOf(finding.Level));
            if (finding.CanFix && GUILayout.Button(finding.FixLabel))
            {
                finding.Fix();
                Look();
            }
        }

        private static MessageType IconOf(FindingLevel level) =>
            level == FindingLevel.Fault ? MessageType.Error
            : level == FindingLevel.Note ? MessageType.Warning
            : MessageType.None;
    }
}
