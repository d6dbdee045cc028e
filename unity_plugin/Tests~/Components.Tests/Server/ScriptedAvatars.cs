using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using Google.Protobuf;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>The server's side of the avatar stream.</summary>
    internal sealed class ScriptedAvatars
    {
        private readonly ScriptedServer _server;
        private readonly List<V1.StreamAvatarRequest> _heard = new List<V1.StreamAvatarRequest>();
        private readonly ConcurrentDictionary<int, long> _acknowledged = new ConcurrentDictionary<int, long>();
        private ScriptedCall _call;

        internal ScriptedAvatars(ScriptedServer server) => _server = server;

        /// <summary>Called for each received message, on the client's sending thread.</summary>
        internal Action<V1.StreamAvatarRequest> OnHeard { get; set; }

        internal bool IsOpen => _call != null && !_call.IsOver;

        internal void Hear(ScriptedCall call, ReadOnlySpan<byte> bytes)
        {
            V1.StreamAvatarRequest message = V1.StreamAvatarRequest.Parser.ParseFrom(bytes);
            if (message.MessageCase == V1.StreamAvatarRequest.MessageOneofCase.Acknowledge)
            {
                _acknowledged[message.Acknowledge.Slot] = message.Acknowledge.LastReceivedIndex;
                return;
            }

            lock (_heard)
            {
                _heard.Add(message);
            }

            if (message.MessageCase == V1.StreamAvatarRequest.MessageOneofCase.Open)
            {
                _call = call;
                call.Send(new V1.StreamAvatarResponse { Opened = new V1.AvatarOpened() });
            }

            OnHeard?.Invoke(message);
        }

        /// <summary>The received messages of a kind, in order.</summary>
        internal List<V1.StreamAvatarRequest> Heard(V1.StreamAvatarRequest.MessageOneofCase kind)
        {
            lock (_heard)
            {
                return _heard.FindAll(message => message.MessageCase == kind);
            }
        }

        internal List<V1.AvatarSubscribe> Subscriptions() =>
            Heard(V1.StreamAvatarRequest.MessageOneofCase.Subscribe).ConvertAll(message => message.Subscribe);

        internal List<V1.AvatarSetLook> Looks() =>
            Heard(V1.StreamAvatarRequest.MessageOneofCase.Look).ConvertAll(message => message.Look);

        /// <summary>The newest frame of a slot that the client has acknowledged.</summary>
        internal long Acknowledged(int slot) => _acknowledged.TryGetValue(slot, out long index) ? index : 0;

        /// <summary>Sends a frame whose bytes follow from slot and index, in chunks of at most `chunk` bytes.</summary>
        internal void SendFrame(
            int slot,
            long index,
            int side,
            V1.TextureFormat format = V1.TextureFormat.Rgba32,
            int chunk = int.MaxValue,
            long serverMicros = 100)
        {
            byte[] picture = Pattern.Of(slot, index, Pattern.BytesOf(format, side));
            for (int at = 0; at < picture.Length; at += Math.Min(chunk, picture.Length))
            {
                int size = Math.Min(chunk, picture.Length - at);
                _call.Send(new V1.StreamAvatarResponse
                {
                    Frame = new V1.TextureFrame
                    {
                        Slot = slot,
                        FrameIndex = index,
                        Format = format,
                        Width = side,
                        Height = side,
                        RowOrder = V1.RowOrder.BottomUp,
                        ColorSpace = V1.ColorSpace.Srgb,
                        AlphaMode = V1.AlphaMode.Premultiplied,
                        ChunkOffset = at,
                        TotalBytes = picture.Length,
                        Timing = new V1.Timing { ServerMicros = serverMicros, Rung = "avatar.64", ModelVersion = "1" },
                        Payload = ByteString.CopyFrom(picture, at, size),
                    },
                });
            }
        }

        internal void SendStatus(int slot, long index, V1.Disposition disposition, string message) =>
            SendStatus(slot, index, Outcomes.Of(disposition, V1.ErrorReason.UnknownAttribute, message));

        internal void SendStatus(int slot, long index, V1.Outcome outcome) =>
            _call.Send(new V1.StreamAvatarResponse
            {
                Status = new V1.AvatarStatus { Slot = slot, FrameIndex = index, Outcome = outcome },
            });
    }
}
