using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Text;

namespace FrameBridge
{
    /// <summary>
    /// A recording as a file: "FBRC" and a version byte, the handshake's answer with its length, then entries, each a
    /// <see cref="RecordHeader"/> and the message.
    /// </summary>
    internal static class RecordingFile
    {
        public const int MaxBytes = 1024 * 1024 * 1024;
        private const byte Version = 1;
        private static readonly byte[] s_name = Encoding.ASCII.GetBytes("FBRC");

        public static void WriteStart(Stream destination, HandshakeAnswer handshake)
        {
            var writer = new WireWriter(1024, 1024 * 1024);
            HandshakeMessage.Write(writer, handshake);
            destination.Write(s_name, 0, s_name.Length);
            destination.WriteByte(Version);
            WriteEntry(destination, default, writer.Written.Span);
        }

        /// <summary>Marks that something is missing.</summary>
        public static void WriteGap(Stream destination) =>
            WriteEntry(destination, new RecordHeader { Kind = RecordKind.Gap }, default);

        /// <summary>
        /// Reads a whole recording, gzipped or not. Throws <see cref="InvalidDataException"/> for anything else.
        /// </summary>
        public static List<RecordedMessage> Read(Stream source, out HandshakeAnswer handshake)
        {
            var start = new byte[s_name.Length + 1];
            var isWhole = TryFill(source, start);
            if (isWhole && source.CanSeek && start[0] == 0x1F && start[1] == 0x8B) // gzip's magic number
            {
                source.Seek(-start.Length, SeekOrigin.Current);
                return Read(new GZipStream(source, CompressionMode.Decompress), out handshake);
            }

            if (!isWhole || !start.AsSpan(0, s_name.Length).SequenceEqual(s_name))
            {
                throw new InvalidDataException("this is not a FrameBridge recording; make one with Recorder.Save");
            }

            if (start[s_name.Length] != Version)
            {
                throw new InvalidDataException($"the recording has version {start[s_name.Length]}; this package reads version {Version}");
            }

            var entries = new List<RecordedMessage>();
            for (var entry = ReadEntry(source); entry != null; entry = ReadEntry(source))
            {
                entries.Add(entry);
            }

            handshake = new HandshakeAnswer();
            if (entries.Count == 0 || !HandshakeMessage.Read(entries[0].Bytes, handshake))
            {
                throw new InvalidDataException("the recording is damaged: its handshake is missing; record it again");
            }

            entries.RemoveAt(0);
            return entries;
        }

        private static void WriteEntry(Stream destination, RecordHeader header, ReadOnlySpan<byte> message)
        {
            header.Length = message.Length;
            header.Crc = Crc32.Add(0, message);
            var bytes = new byte[RecordHeader.Size];
            header.Write(bytes);
            destination.Write(bytes, 0, bytes.Length);
            destination.Write(message);
        }

        private static RecordedMessage ReadEntry(Stream source)
        {
            var bytes = new byte[RecordHeader.Size];
            var first = source.ReadByte();
            if (first < 0)
            {
                return null;
            }

            bytes[0] = (byte)first;
            if (!TryFill(source, bytes, 1))
            {
                throw new InvalidDataException("the recording is cut short; copy the whole file");
            }

            var header = RecordHeader.Read(bytes);
            var isKnown = header.Kind <= RecordKind.Gap && StreamKind.IsKnown(header.Stream);
            if (!isKnown || header.Length < 0 || header.Length > MaxBytes || (source.CanSeek && header.Length > source.Length - source.Position))
            {
                throw new InvalidDataException("the recording is damaged: an entry is invalid; record it again");
            }

            return ReadMessage(source, header);
        }

        private static RecordedMessage ReadMessage(Stream source, in RecordHeader header)
        {
            var message = ReadBytes(source, header.Length);
            if (message == null || Crc32.Add(0, message) != header.Crc)
            {
                throw new InvalidDataException("the recording is damaged: a checksum is wrong; record it again");
            }

            return new RecordedMessage
            {
                Kind = header.Kind,
                Stream = header.Stream,
                Seconds = header.Micros / 1e6,
                Bytes = message,
            };
        }

        /// <summary>Reads piece by piece, so that a wrong length costs no more memory than the file's size.</summary>
        private static byte[] ReadBytes(Stream source, int length)
        {
            var pieces = new MemoryStream();
            var piece = new byte[Math.Min(length, 64 * 1024)];
            while (pieces.Length < length)
            {
                var got = source.Read(piece, 0, (int)Math.Min(piece.Length, length - pieces.Length));
                if (got <= 0)
                {
                    return null;
                }

                pieces.Write(piece, 0, got);
            }

            return pieces.ToArray();
        }

        private static bool TryFill(Stream source, byte[] bytes, int at = 0)
        {
            while (at < bytes.Length)
            {
                var got = source.Read(bytes, at, bytes.Length - at);
                if (got <= 0)
                {
                    return false;
                }

                at += got;
            }

            return true;
        }
    }
}
