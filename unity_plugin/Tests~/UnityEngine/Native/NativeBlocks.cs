using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace UnityEngine.Stub
{
    /// <summary>Memory outside the managed heap, counted for leak tests.</summary>
    public static class NativeBlocks
    {
        private static readonly HashSet<IntPtr> Live = new HashSet<IntPtr>();
        private static readonly HashSet<IntPtr> Busy = new HashSet<IntPtr>();

        /// <summary>Blocks that are not freed.</summary>
        public static int LiveCount
        {
            get
            {
                lock (Live)
                {
                    return Live.Count;
                }
            }
        }

        internal static IntPtr Allocate(int bytes)
        {
            IntPtr block = Marshal.AllocHGlobal(Math.Max(bytes, 1));
            lock (Live)
            {
                Live.Add(block);
            }

            return block;
        }

        internal static void Free(IntPtr block)
        {
            lock (Live)
            {
                if (Busy.Contains(block))
                {
                    throw new InvalidOperationException("The NativeArray is still being written by a readback.");
                }

                if (!Live.Remove(block))
                {
                    throw new ObjectDisposedException("The NativeArray has already been disposed.");
                }
            }

            Marshal.FreeHGlobal(block);
        }

        internal static void SetBusy(IntPtr block, bool busy)
        {
            lock (Live)
            {
                if (!busy)
                {
                    Busy.Remove(block);
                }
                else if (!Busy.Add(block))
                {
                    throw new InvalidOperationException("The NativeArray is already being written by a readback.");
                }
            }
        }
    }
}
