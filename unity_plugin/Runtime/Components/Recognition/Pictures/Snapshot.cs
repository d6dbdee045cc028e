using System;
using Unity.Collections;
using UnityEngine;
using UnityEngine.Rendering;

namespace FrameBridge
{
    /// <summary>One of the pool's buffers: a picture read back from the GPU, and the pose at which it was taken.</summary>
    internal sealed class Snapshot
    {
        private readonly Action<AsyncGPUReadbackRequest> _arrived;
        private NativeArray<byte> _pixels;
        private bool _wanted;

        internal Snapshot() => _arrived = Arrive;

        /// <summary>Whether the GPU still writes into the buffer.</summary>
        internal bool IsReading { get; private set; }

        /// <summary>Whether it contains a picture that was not taken yet.</summary>
        internal bool IsFilled { get; private set; }

        /// <summary>Number of the picture; the highest is the newest.</summary>
        internal long Order { get; private set; }

        internal int Width { get; private set; }

        internal int Height { get; private set; }

        internal byte[] Pose { get; } = new byte[CapturePose.ByteCount];

        internal int PoseLength { get; set; }

        internal ReadOnlySpan<byte> Pixels => _pixels.AsReadOnlySpan();

        internal void Read(RenderTexture picture, long order)
        {
            int bytes = picture.width * picture.height * 4;
            if (!_pixels.IsCreated || _pixels.Length != bytes)
            {
                Free();
                _pixels = new NativeArray<byte>(bytes, Allocator.Persistent, NativeArrayOptions.UninitializedMemory);
            }

            Width = picture.width;
            Height = picture.height;
            Order = order;
            IsFilled = false;
            IsReading = true;
            _wanted = true;
            AsyncGPUReadback.RequestIntoNativeArray(ref _pixels, picture, 0, picture.graphicsFormat, _arrived);
        }

        /// <summary>The picture was taken, or is no longer wanted.</summary>
        internal void Empty() => IsFilled = false;

        /// <summary>Frees the buffer. The GPU must no longer be writing to it.</summary>
        internal void Free()
        {
            IsFilled = false;
            IsReading = false;
            _wanted = false;
            if (_pixels.IsCreated)
            {
                _pixels.Dispose();
            }
        }

        private void Arrive(AsyncGPUReadbackRequest request)
        {
            IsReading = false;
            IsFilled = _wanted && !request.hasError; // after an error (the device was lost) the picture is skipped
        }
    }
}
