using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using UnityEngine;

namespace FrameBridge.GameLoop
{
    /// <summary>Each Apply's upload: the digest of the texture's bytes, and the frame that it claims to be.</summary>
    internal sealed class UploadLog
    {
        private readonly BridgeConnection _connection;
        private readonly List<Entry> _entries = new List<Entry>(1 << 16);
        private readonly byte[] _digest = new byte[32];

        internal UploadLog(Game game)
        {
            _connection = game.Connection;
            Texture2D.StubApplied += Hash;
            foreach (AvatarTexture avatar in game.Avatars)
            {
                avatar.Updated += Note;
            }
        }

        internal void Write(string path)
        {
            using (var file = new StreamWriter(path))
            {
                foreach (Entry entry in _entries)
                {
                    file.WriteLine(entry.ToString());
                }
            }
        }

        private void Hash(Texture2D texture) => SHA256.HashData(texture.StubBytes, _digest);

        private void Note(AvatarTexture avatar) => _entries.Add(new Entry
        {
            Frame = avatar.LastFrame,
            CurrentSession = _connection.Client.SessionId,
            Digest = BinaryPrimitives.ReadUInt64BigEndian(_digest),
            Uploaded = FrameClock.Now,
        });

        private struct Entry
        {
            internal TextureFrame Frame;
            internal string CurrentSession;
            internal ulong Digest;
            internal double Uploaded;

            public override readonly string ToString() => string.Join(
                '\t',
                Frame.SessionId,
                CurrentSession,
                Number(Frame.Slot),
                Number(Frame.FrameIndex),
                Digest.ToString("x16", CultureInfo.InvariantCulture),
                Number(Frame.ElapsedSeconds),
                Number(Frame.BudgetSeconds),
                Number(Frame.CompletedSeconds),
                Number(Uploaded),
                Frame.Repeated ? "1" : "0");

            private static string Number(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
        }
    }
}
