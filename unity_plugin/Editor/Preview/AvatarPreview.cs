using System;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using Object = UnityEngine.Object;

namespace FrameBridge.Editor
{
    /// <summary>
    /// An avatar in the inspector, without play mode: its own connection asks for one frame whenever the look changes.
    /// Main thread. Driven by <see cref="Step"/> from EditorApplication.update.
    /// </summary>
    internal sealed class AvatarPreview : IDisposable
    {
        private const double BudgetSeconds = 2;
        private static readonly FrameFormat[] Formats = { FrameFormat.Rgba32 };

        private readonly BridgeClient _client;
        private readonly SchemaOf _schema = new SchemaOf();
        private AvatarSlot _slot;
        private AvatarLook _look;
        private bool _told;
        private long _asked;
        private string _problem = "";
        private string _toldProblem = "";

        /// <summary>Starts connecting. Throws <see cref="ArgumentException"/> for an invalid address.</summary>
        public AvatarPreview(BridgeOptions options)
        {
            options.Formats = Formats;
            options.BottomUp = true;
            options.ClientName = "framebridge-preview";
            _client = new BridgeClient(options);
            _client.Connect();
            Previews.Add(this);
        }

        /// <summary>The newest picture; null before the first.</summary>
        public Texture2D Picture { get; private set; }

        /// <summary>The attributes and expressions of looks; null until received.</summary>
        public AvatarSchema Schema => _schema.Schema;

        /// <summary>Whether it was closed.</summary>
        public bool IsOver { get; private set; }

        /// <summary>Why there is no picture, in a sentence; empty when all is well.</summary>
        public string Problem => _client.State == BridgeState.Ready ? _problem : _client.LastError?.Message ?? "";

        /// <summary>Shows a look from the next step on.</summary>
        public void Show(AvatarLook look)
        {
            _look = look;
            _told = false;
        }

        /// <summary>Sends and receives. Returns whether to repaint.</summary>
        public bool Step()
        {
            if (IsOver || _client.State != BridgeState.Ready)
            {
                return TellProblem();
            }

            _slot ??= _client.Avatars.OpenSlot();
            Ask();
            return _schema.Step(_client) | TakeReport() | TakeFrame() | TellProblem();
        }

        /// <summary>Closes the connection and destroys the picture. May be called more than once.</summary>
        public void Dispose()
        {
            Previews.Remove(this);
            IsOver = true;
            _client.Close();
            if (Picture != null)
            {
                Object.DestroyImmediate(Picture);
            }
        }

        private bool TellProblem()
        {
            var problem = Problem;
            var changed = problem != _toldProblem;
            _toldProblem = problem;
            return changed;
        }

        private void Ask()
        {
            if (_look != null && !_told && _client.Avatars.IsOpen)
            {
                _slot.SetLook(_look);
                _asked = _slot.Ask(BudgetSeconds, FrameFormat.Rgba32);
                _told = _asked != 0;
            }
        }

        private bool TakeReport()
        {
            if (!_slot.TryTakeReport(out var report))
            {
                return false;
            }

            _problem = report.Outcome.Message ?? "";
            _told &= !(report.FrameIndex == _asked && report.Outcome.Retryable);
            return true;
        }

        private bool TakeFrame()
        {
            if (!_slot.TryTakeNewest(out var frame))
            {
                return false;
            }

            if (Picture == null || Picture.width != frame.Width || Picture.height != frame.Height)
            {
                Replace(frame.Width, frame.Height);
            }

            frame.Bytes.CopyTo(Picture.GetRawTextureData<byte>().AsSpan());
            Picture.Apply(false, false);
            _problem = "";
            return true;
        }

        private void Replace(int width, int height)
        {
            if (Picture != null)
            {
                Object.DestroyImmediate(Picture);
            }

            Picture = new Texture2D(width, height, DeviceFormats.ToGraphics(FrameFormat.Rgba32), TextureCreationFlags.None)
            {
                hideFlags = HideFlags.HideAndDontSave,
            };
        }
    }
}
