using UnityEngine;
using UnityEngine.Rendering;

namespace FrameBridge
{
    /// <summary>
    /// Three buffers for pictures read back from the GPU. When all are busy the picture is dropped: waiting would only
    /// make answers older.
    /// </summary>
    internal sealed class SnapshotPool
    {
        private const int Size = 3;

        private readonly Snapshot[] _snapshots = new Snapshot[Size];
        private long _begun;

        internal SnapshotPool()
        {
            for (int i = 0; i < Size; i++)
            {
                _snapshots[i] = new Snapshot();
            }
        }

        /// <summary>A free buffer, neither being written nor waiting to be sent; null when all are busy.</summary>
        internal Snapshot FindFree()
        {
            for (int i = 0; i < Size; i++)
            {
                if (!_snapshots[i].IsReading && !_snapshots[i].IsFilled)
                {
                    return _snapshots[i];
                }
            }

            return null;
        }

        internal void Begin(Snapshot snapshot, RenderTexture picture) => snapshot.Read(picture, ++_begun);

        /// <summary>The newest complete picture; older ones are dropped. Null if there is none.</summary>
        internal Snapshot Newest()
        {
            Snapshot newest = null;
            for (int i = 0; i < Size; i++)
            {
                Snapshot one = _snapshots[i];
                if (!one.IsFilled)
                {
                    continue;
                }

                if (newest == null || one.Order > newest.Order)
                {
                    newest?.Empty();
                    newest = one;
                }
                else
                {
                    one.Empty();
                }
            }

            return newest;
        }

        /// <summary>Frees all buffers. Waits while the GPU still writes to one: freeing it earlier would crash.</summary>
        internal void Release()
        {
            if (IsReading())
            {
                AsyncGPUReadback.WaitAllRequests();
            }

            for (int i = 0; i < Size; i++)
            {
                _snapshots[i].Free();
            }
        }

        private bool IsReading()
        {
            for (int i = 0; i < Size; i++)
            {
                if (_snapshots[i].IsReading)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
