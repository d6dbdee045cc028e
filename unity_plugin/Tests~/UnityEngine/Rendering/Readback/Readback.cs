using System;
using UnityEngine.Stub;

namespace UnityEngine.Rendering
{
    internal sealed class Readback
    {
        private byte[] _pixels = Array.Empty<byte>();
        private IntPtr _output;
        private Action<AsyncGPUReadbackRequest> _callback;
        private bool _fails;

        internal int FramesLeft { get; set; }

        internal int Width { get; private set; }

        internal int Height { get; private set; }

        internal bool Done { get; private set; }

        internal bool Failed { get; private set; }

        internal void Begin(
            Texture source, IntPtr output, Action<AsyncGPUReadbackRequest> callback, int frames, bool fails)
        {
            byte[] from = source.StubPixels;
            if (_pixels.Length != from.Length)
            {
                _pixels = new byte[from.Length];
            }

            from.CopyTo(_pixels, 0);
            _output = output;
            _callback = callback;
            _fails = fails;
            FramesLeft = frames;
            Width = source.width;
            Height = source.height;
            Done = false;
            Failed = false;
        }

        internal void Abandon()
        {
            NativeBlocks.SetBusy(_output, false);
            _callback = null;
        }

        internal void Finish()
        {
            Action<AsyncGPUReadbackRequest> callback = _callback;
            if (!_fails)
            {
                System.Runtime.InteropServices.Marshal.Copy(_pixels, 0, _output, _pixels.Length);
            }

            Abandon();
            Done = true;
            Failed = _fails;
            try
            {
                callback?.Invoke(new AsyncGPUReadbackRequest(this));
            }
            catch (Exception error)
            {
                Debug.LogException(error);
            }
        }
    }
}
