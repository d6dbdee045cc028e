using System;
using System.IO;
using System.IO.MemoryMappedFiles;

namespace FrameBridge
{
    /// <summary>
    /// The memory that server and client share for a stream's tensors: the client writes, the server copies before it
    /// answers. Any thread.
    /// </summary>
    internal sealed class UploadMemory : IDisposable
    {
        /// <summary>Smaller requests go over the wire, as small results do.</summary>
        private const int LeastBytes = 4096;

        private const long MostBytes = 1L << 30;
        private const string Prefix = "framebridge-"; // of the names of such files
        private readonly object _gate = new object();
        private readonly UploadRanges _ranges;
        private MemoryMappedFile _file;
        private MemoryMappedViewStream _view;

        private UploadMemory(MemoryMappedFile file, MemoryMappedViewStream view, long size)
        {
            _file = file;
            _view = view;
            _ranges = new UploadRanges(SharedOffer.KeyBytes, size);
        }

        /// <summary>Requests whose tensors are in the memory.</summary>
        public int Count
        {
            get
            {
                lock (_gate)
                {
                    return _ranges.Count;
                }
            }
        }

        /// <summary>
        /// Maps what the server offers. Null if there is no offer, no such file, a file with another key (the server is on
        /// another host, or runs as another user), or if the platform cannot map files: tensors then go over the wire.
        /// </summary>
        public static UploadMemory TryMap(in SharedOffer offer)
        {
            MemoryMappedFile file = null;
            try
            {
                if (!IsOurs(offer))
                {
                    return null;
                }

                file = MemoryMappedFile.CreateFromFile(offer.Path, FileMode.Open, null, 0, MemoryMappedFileAccess.ReadWrite);
                var view = file.CreateViewStream(0, offer.SizeBytes, MemoryMappedFileAccess.ReadWrite);
                if (HasKey(view, offer.Key))
                {
                    return new UploadMemory(file, view, offer.SizeBytes);
                }

                view.Dispose();
            }
            catch (Exception)
            {
                // The platform's file errors are of many kinds; all mean that the memory cannot be used.
            }

            file?.Dispose();
            return null;
        }

        /// <summary>
        /// Writes a request's tensors; returns their offset in the file, or -1 if they are few, or there is no room.
        /// </summary>
        public long TryWrite(long requestIndex, TensorWriter inputs)
        {
            var bytes = inputs.ByteCount;
            lock (_gate)
            {
                var offset = _view == null || bytes < LeastBytes ? -1 : _ranges.Take(requestIndex, bytes);
                if (offset >= 0)
                {
                    _view.Position = offset;
                    for (var i = 0; i < inputs.Count; i++)
                    {
                        _view.Write(inputs[i].Buffer, 0, (int)inputs[i].Shape.Bytes);
                    }
                }

                return offset;
            }
        }

        /// <summary>A request has been answered, or was not sent: its range can be used again.</summary>
        public void Free(long requestIndex)
        {
            lock (_gate)
            {
                _ranges.Free(requestIndex);
            }
        }

        /// <summary>Unmaps the memory. May be called more than once.</summary>
        public void Dispose()
        {
            lock (_gate)
            {
                _view?.Dispose();
                _file?.Dispose();
                _view = null;
                _file = null;
            }
        }

        /// <summary>
        /// Whether the file is one that servers make for this. The client writes to it: a wrong server must not be able to
        /// name a file of the user's.
        /// </summary>
        private static bool IsOurs(in SharedOffer offer)
        {
            var isOffer = !string.IsNullOrEmpty(offer.Path) && offer.Key != null && offer.Key.Length == SharedOffer.KeyBytes
                && offer.SizeBytes > SharedOffer.KeyBytes && offer.SizeBytes <= MostBytes;
            if (!isOffer || !Path.GetFileName(offer.Path).StartsWith(Prefix, StringComparison.Ordinal))
            {
                return false;
            }

            var file = new FileInfo(offer.Path);
            var isLink = (file.Attributes & FileAttributes.ReparsePoint) != 0;
            return !isLink && file.Length == offer.SizeBytes; // writing behind a file's end would end the process
        }

        private static bool HasKey(Stream view, byte[] key)
        {
            var there = new byte[SharedOffer.KeyBytes];
            var count = view.Read(there, 0, there.Length);
            return count == there.Length && there.AsSpan().SequenceEqual(key);
        }
    }
}
