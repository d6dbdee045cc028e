using System;
using System.Threading;
using System.Threading.Tasks;
using FrameBridge.Grpc;
using Grpc.Core;
using Grpc.Net.Client;

namespace FrameBridge.GameLoop
{
    /// <summary>
    /// Plain Grpc.Net.Client: the same messages in both directions, marshallers that read only what an acknowledgement
    /// needs, one loop that receives and acknowledges. All its allocations are the library's.
    /// </summary>
    internal sealed class BareLoop
    {
        private const int WarmUp = 600;

        private readonly BridgeOptions _options;
        private readonly int _avatars;
        private readonly float _rate;
        private readonly BareMessages _messages = new BareMessages();
        private long _sent;

        internal BareLoop(string address, int avatars, float rate)
        {
            _options = new BridgeOptions { Address = address, ClientName = "bare" };
            _avatars = avatars;
            _rate = rate;
        }

        /// <summary>Receives this many frames after a warm-up, and measures the process.</summary>
        internal Share Measure(int frames) => Task.Run(() => MeasureAsync(frames)).GetAwaiter().GetResult();

        private async Task<Share> MeasureAsync(int frames)
        {
            using (var control = new GrpcTransport(_options, Internals.Handler))
            using (var channel = GrpcChannel.ForAddress(
                "http://" + _options.Address,
                new GrpcChannelOptions { HttpHandler = Internals.Handler(_options), DisposeHttpClient = true, MaxReceiveMessageSize = _options.MaxMessageBytes }))
            {
                var question = new HandshakeQuestion { ClientName = "bare", ClientVersion = "1", Formats = _options.Formats, BottomUp = true, ResumeSessionId = string.Empty };
                HandshakeAnswer answer = await control.HandshakeAsync(question, CancellationToken.None).ConfigureAwait(false);
                using (var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(_messages.Method, null, default))
                {
                    await OpenAsync(call, answer.SessionId).ConfigureAwait(false);
                    await ReceiveAsync(call, WarmUp).ConfigureAwait(false);
                    _sent = 0;
                    long before = GC.GetTotalAllocatedBytes(precise: true);
                    await ReceiveAsync(call, frames).ConfigureAwait(false);
                    long bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
                    await control.EndSessionAsync(answer.SessionId, CancellationToken.None).ConfigureAwait(false);
                    return new Share(bytes, 0, frames + _sent);
                }
            }
        }

        private async Task OpenAsync(AsyncDuplexStreamingCall<BareRequest, BareAnswer> call, string sessionId)
        {
            await call.RequestStream.WriteAsync(_messages.Open(sessionId)).ConfigureAwait(false);
            await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false);
            for (int slot = 0; slot < _avatars; slot++)
            {
                await call.RequestStream.WriteAsync(_messages.Look(slot)).ConfigureAwait(false);
                await call.RequestStream.WriteAsync(_messages.Subscribe(slot, _rate)).ConfigureAwait(false);
            }
        }

        /// <summary>Receives this many frames and acknowledges each.</summary>
        private async Task ReceiveAsync(AsyncDuplexStreamingCall<BareRequest, BareAnswer> call, int frames)
        {
            for (int i = 0; i < frames;)
            {
                if (!await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false))
                {
                    throw new InvalidOperationException("the server has ended the stream");
                }

                BareAnswer answer = call.ResponseStream.Current;
                if (answer.IsFrame)
                {
                    i++;
                    _sent++;
                    await call.RequestStream.WriteAsync(_messages.Acknowledge(answer.Slot, answer.FrameIndex)).ConfigureAwait(false);
                }
            }
        }
    }
}
