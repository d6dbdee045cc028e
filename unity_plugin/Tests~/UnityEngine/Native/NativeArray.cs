using System;
using System.Runtime.InteropServices;
using UnityEngine.Stub;

namespace Unity.Collections
{
    /// <summary>
    /// Memory outside the managed heap. As in Unity: Dispose while a readback still writes throws, and twice throws.
    /// </summary>
    public unsafe struct NativeArray<T> : IDisposable where T : struct
    {
        private readonly Allocator _allocator;
        private void* _buffer;
        private int _length;

        public NativeArray(int length, Allocator allocator, NativeArrayOptions options = NativeArrayOptions.ClearMemory)
        {
            int bytes = checked(length * Marshal.SizeOf<T>());
            _buffer = (void*)NativeBlocks.Allocate(bytes);
            _length = length;
            _allocator = allocator;
            if (options == NativeArrayOptions.ClearMemory)
            {
                new Span<byte>(_buffer, bytes).Clear();
            }
        }

        internal NativeArray(IntPtr view, int length)
        {
            _buffer = (void*)view;
            _length = length;
            _allocator = Allocator.None;
        }

        public int Length => _length;

        public bool IsCreated => _buffer != null;

        internal IntPtr StubAddress => (IntPtr)_buffer;

        public T this[int index]
        {
            get => AsSpan()[index];
            set => AsSpan()[index] = value;
        }

        public readonly Span<T> AsSpan() => new Span<T>(_buffer, _length);

        public readonly ReadOnlySpan<T> AsReadOnlySpan() => new ReadOnlySpan<T>(_buffer, _length);

        public void Dispose()
        {
            if (_buffer == null)
            {
                throw new ObjectDisposedException("The NativeArray has already been disposed.");
            }

            if (_allocator == Allocator.None)
            {
                throw new InvalidOperationException("The NativeArray can not be Disposed because it is a view.");
            }

            NativeBlocks.Free((IntPtr)_buffer);
            _buffer = null;
            _length = 0;
        }
    }
}
