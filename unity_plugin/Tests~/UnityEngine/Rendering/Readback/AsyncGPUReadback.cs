using System;
using System.Collections.Generic;
using Unity.Collections;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Stub;

namespace UnityEngine.Rendering
{
    /// <summary>Reads a texture back some frames later; the callback comes on the main thread, in EarlyUpdate.</summary>
    public static class AsyncGPUReadback
    {
        private static readonly List<Readback> Waiting = new List<Readback>();
        private static readonly Stack<Readback> Spare = new Stack<Readback>(); // the engine does not allocate here

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
}
