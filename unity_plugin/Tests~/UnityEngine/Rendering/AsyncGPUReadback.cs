using System;
using System.Collections.Generic;
using Unity.Collections;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Stub;

namespace UnityEngine.Rendering
{
    public readonly struct AsyncGPUReadbackRequest
    {
        private readonly Readback _readback;

        internal AsyncGPUReadbackRequest(Readback readback) => _readback = readback;

        public bool done => _readback.Done;

        public bool hasError => _readback.Failed;

        public int width => _readback.Width;

        public int height => _readback.Height;

        public void WaitForCompletion() => AsyncGPUReadback.StubFinish(_readback);
    }

    /// <summary>Reads a texture back some frames later; the callback comes on the main thread, in EarlyUpdate.</summary>
    public static class AsyncGPUReadback
    {
        private static readonly List<Readback> Waiting = new List<Readback>();
        private static readonly Stack<Readback> Spare = new Stack<Readback>(); // the engine makes no garbage here

        /// <summary>Frames from the request to the callback.</summary>
        public static int StubLatency { get; set; } = 2;

        /// <summary>Makes the next requests fail.</summary>
        public static bool StubFail { get; set; }

        /// <summary>Requests that are not done.</summary>
        public static int StubPending => Waiting.Count;

        /// <summary>Requests that were ever made.</summary>
        public static int StubRequested { get; private set; }

        public static AsyncGPUReadbackRequest RequestIntoNativeArray<T>(
            ref NativeArray<T> output,
            Texture src,
            int mipIndex,
            GraphicsFormat dstFormat,
            Action<AsyncGPUReadbackRequest> callback = null) where T : struct
        {
            MainThread.Require("RequestIntoNativeArray");
            int size = System.Runtime.InteropServices.Marshal.SizeOf<T>() * output.Length;
            if (size < src.width * src.height * 4)
            {
                throw new ArgumentException("the output is too small for the texture");
            }

            NativeBlocks.SetBusy(output.StubAddress, true);
            Readback readback = Spare.Count > 0 ? Spare.Pop() : new Readback();
            readback.Begin(src, output.StubAddress, callback, StubLatency, StubFail);
            Waiting.Add(readback);
            StubRequested++;
            return new AsyncGPUReadbackRequest(readback);
        }

        public static void WaitAllRequests()
        {
            MainThread.Require("WaitAllRequests");
            while (Waiting.Count > 0)
            {
                StubFinish(Waiting[0]);
            }
        }

        internal static void StubFinish(Readback readback)
        {
            if (Waiting.Remove(readback))
            {
                readback.Finish();
                Spare.Push(readback);
            }
        }

        internal static void StubDeliver()
        {
            for (int i = 0; i < Waiting.Count; i++)
            {
                Waiting[i].FramesLeft--;
            }

            while (Waiting.Count > 0 && Waiting[0].FramesLeft <= 0)
            {
                StubFinish(Waiting[0]);
            }
        }

        internal static void StubReset()
        {
            while (Waiting.Count > 0)
            {
                Readback stale = Waiting[0];
                Waiting.RemoveAt(0);
                stale.Abandon();
            }

            Spare.Clear();
            StubLatency = 2;
            StubFail = false;
            StubRequested = 0;
        }
    }

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
