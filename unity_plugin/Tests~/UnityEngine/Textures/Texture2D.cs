using System;
using System.Runtime.InteropServices;
using Unity.Collections;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Stub;

namespace UnityEngine
{
    /// <summary>Its CPU side lies outside the managed heap; Apply stands for the upload and can be listened to.</summary>
    public sealed class Texture2D : Texture
    {
        private static Texture2D _white;
        private readonly int _bytes;
        private IntPtr _data;
        private byte[] _copy;

        public Texture2D(int width, int height, GraphicsFormat format, TextureCreationFlags flags)
            : base("CreateTexture2D", width, height, format)
        {
            if (width < 1 || height < 1)
            {
                throw new UnityException("Failed to create texture because of invalid parameters.");
            }

            if (!SystemInfo.StubSupports(format))
            {
                throw new UnityException("Format " + format + " is not supported on this platform.");
            }

            _bytes = GraphicsFormatSizes.Bytes(format, width, height);
            _data = NativeBlocks.Allocate(_bytes);
            StubConstructed++;
        }

        public Texture2D(int width, int height, TextureFormat textureFormat, bool mipChain, bool linear = false)
            : this(width, height, GraphicsFormatSizes.Rgba32(linear), TextureCreationFlags.None)
        {
        }

        /// <summary>Called at each Apply, on the main thread: a test or a benchmark hashes the texture here.</summary>
        public static event Action<Texture2D> StubApplied;

        /// <summary>How many were ever made.</summary>
        public static int StubConstructed { get; private set; }

        public static Texture2D whiteTexture => _white ??= new Texture2D(4, 4, TextureFormat.RGBA32, false);

        public bool isReadable { get; private set; } = true;

        /// <summary>How often it was uploaded.</summary>
        public int StubApplies { get; private set; }

        /// <summary>The bytes on its CPU side.</summary>
        public unsafe ReadOnlySpan<byte> StubBytes => new ReadOnlySpan<byte>((void*)_data, _bytes);

        internal override byte[] StubPixels
        {
            get
            {
                if (_bytes != width * height * 4)
                {
                    return null;
                }

                _copy ??= new byte[_bytes];
                StubBytes.CopyTo(_copy);
                return _copy;
            }
        }

        public NativeArray<T> GetRawTextureData<T>() where T : struct
        {
            MainThread.Require("GetRawTextureData");
            RequireReadable();
            return new NativeArray<T>(_data, _bytes / Marshal.SizeOf<T>());
        }

        public unsafe void LoadRawTextureData(IntPtr data, int size)
        {
            MainThread.Require("LoadRawTextureData");
            RequireReadable();
            if (size < _bytes)
            {
                throw new UnityException("LoadRawTextureData: not enough data provided (will result in overread).");
            }

            Buffer.MemoryCopy((void*)data, (void*)_data, _bytes, _bytes);
        }

        public void Apply(bool updateMipmaps = true, bool makeNoLongerReadable = false)
        {
            MainThread.Require("Apply");
            RequireReadable();
            StubApplies++;
            isReadable = !makeNoLongerReadable;
            StubApplied?.Invoke(this);
        }

        internal static void StubReset()
        {
            StubApplied = null;
            StubConstructed = 0;
            _white = null;
        }

        internal override void ReleaseNative()
        {
            NativeBlocks.Free(_data);
            _data = IntPtr.Zero;
        }

        private void RequireReadable()
        {
            RequireAlive();
            if (!isReadable)
            {
                throw new UnityException("Texture '" + name + "' is not readable.");
            }
        }
    }
}
