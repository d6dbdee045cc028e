using System;
using System.Buffers;
using System.IO;

namespace FrameBridge
{
    /// <summary>
    /// Records the raw messages of a client's streams, with direction, time and checksum, in a ring of fixed size: when
    /// it is full the oldest are dropped, and the gap is marked. Bundles are recorded as they come; those sent are
    /// recorded part by part, as some parts may have to be left out. Set it in <see cref="BridgeOptions.Recorder"/>. All
    /// members may be called on any thread; recording a message does not allocate.
    /// </summary>
    public sealed class Recorder
    {
        private const int LeastBytes = 64 * 1024;
        private readonly object _gate = new object();
        private readonly RecordRing _ring;
        private readonly bool _includeCameraFrames;
        private readonly double _began = Clock.Now;
        private HandshakeAnswer _handshake;
        private long _dropped;

        /// <summary>
        /// Makes a recorder that keeps at most <paramref name="capacityBytes"/>. Camera pictures are left out unless
        /// <paramref name="includeCameraFrames"/> is set, as they may show people. Throws
        /// <see cref="ArgumentOutOfRangeException"/> for less than 64 KiB.
        /// </summary>
        public Recorder(int capacityBytes = 64 * 1024 * 1024, bool includeCameraFrames = false)
        {
            if (capacityBytes < LeastBytes)
            {
                throw new ArgumentOutOfRangeException(nameof(capacityBytes), capacityBytes, $"give at least {LeastBytes} bytes");
            }

            _ring = new RecordRing(capacityBytes);
            _includeCameraFrames = includeCameraFrames;
        }

        /// <summary>Messages in the ring.</summary>
        public int MessageCount
        {
            get
            {
                lock (_gate)
                {
                    return _ring.Count;
                }
            }
        }

        /// <summary>Messages dropped from the ring, or larger than it.</summary>
        public long DroppedCount
        {
            get
            {
                lock (_gate)
                {
                    return _dropped;
                }
            }
        }

        /// <summary>Writes the ring's content. Throws what the stream throws.</summary>
        public void Save(Stream destination)
        {
            lock (_gate)
            {
                RecordingFile.WriteStart(destination, _handshake ?? new HandshakeAnswer());
                if (_dropped > 0)
                {
                    RecordingFile.WriteGap(destination);
                }

                _ring.CopyTo(destination);
            }
        }

        internal void NoteHandshake(HandshakeAnswer answer)
        {
            lock (_gate)
            {
                _handshake = answer;
            }
        }

        /// <summary>Records a message.</summary>
        internal void Note(BridgeStream stream, bool isUp, in ReadOnlySequence<byte> message)
        {
            var header = new RecordHeader
            {
                Kind = isUp ? RecordKind.Up : RecordKind.Down,
                Stream = stream,
                Micros = Clock.Micros(Clock.Now - _began),
            };
            var kept = message;
            if (isUp && !_includeCameraFrames && StreamKind.Of(stream).RequestsArePictures)
            {
                if (Holds(StreamKind.Of(stream).PartField, message))
                {
                    return; // the gap in place of the request marks it
                }

                if (Holds(StreamKind.Of(stream).RequestField, message))
                {
                    header.Kind = RecordKind.CameraGap;
                    kept = ReadOnlySequence<byte>.Empty;
                }
            }

            lock (_gate)
            {
                _dropped += _ring.Add(ref header, kept);
            }
        }

        private static bool Holds(int field, in ReadOnlySequence<byte> message) =>
            field != 0 && message.Length > 0 && message.First.Span[0] == ((field << 3) | WireKind.Bytes);
    }
}
