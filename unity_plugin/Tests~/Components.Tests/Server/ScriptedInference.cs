using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using Google.Protobuf;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>The server's side of the inference stream. Requests come in one message each.</summary>
    internal sealed class ScriptedInference
    {
        private readonly List<V1.InferRequest> _requests = new List<V1.InferRequest>();
        private ScriptedCall _call;

        internal int SlotsClosed { get; private set; }

        /// <summary>While unset, the uplink is blocked: requests wait in the client's buffers.</summary>
        internal ManualResetEventSlim Way { get; } = new ManualResetEventSlim(true);

        internal void Hear(ScriptedCall call, ReadOnlySpan<byte> bytes)
        {
            V1.InferRequest message = V1.InferRequest.Parser.ParseFrom(bytes);
            switch (message.MessageCase)
            {
                case V1.InferRequest.MessageOneofCase.Open:
                    _call = call;
                    call.Send(new V1.InferResponse { Opened = new V1.InferOpened() });
                    break;
                case V1.InferRequest.MessageOneofCase.CloseSlot:
                    SlotsClosed++;
                    break;
                case V1.InferRequest.MessageOneofCase.Request:
                    Way.Wait(TimeSpan.FromSeconds(30));
                    lock (_requests)
                    {
                        _requests.Add(message);
                    }

                    break;
            }
        }

        /// <summary>Requests that were not taken yet.</summary>
        internal int Count
        {
            get
            {
                lock (_requests)
                {
                    return _requests.Count;
                }
            }
        }

        /// <summary>The requests received since the last call.</summary>
        internal List<V1.InferRequest> Take()
        {
            lock (_requests)
            {
                var taken = new List<V1.InferRequest>(_requests);
                _requests.Clear();
                return taken;
            }
        }

        /// <summary>Answers with one tensor of floats.</summary>
        internal void Answer(V1.InferRequest request, string name, float[] values, params long[] shape) =>
            Answer(request, name, V1.DataType.Float32, MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), shape);

        /// <summary>Answers with one tensor.</summary>
        internal void Answer(V1.InferRequest request, string name, V1.DataType type, byte[] bytes, params long[] shape) =>
            _call.Send(new V1.InferResponse
            {
                Result = new V1.InferenceResult
                {
                    Slot = request.Request.Slot,
                    RequestIndex = request.Request.RequestIndex,
                    Outputs = { new V1.Tensor { Name = name, DataType = type, Shape = { shape } } },
                    TotalBytes = bytes.Length,
                    Timing = new V1.Timing { ServerMicros = 1000, Rung = "style" },
                    Payload = ByteString.CopyFrom(bytes),
                },
            });

        /// <summary>Ends a request without an answer.</summary>
        internal void SendStatus(V1.InferRequest request, V1.Outcome outcome) => _call.Send(new V1.InferResponse
        {
            Status = new V1.InferenceStatus
            {
                Slot = request.Request.Slot,
                RequestIndex = request.Request.RequestIndex,
                Outcome = outcome,
            },
        });
    }
}
