using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using FrameBridge.V1;
using Google.Protobuf;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>A client whose inference stream is open, on a server in memory.</summary>
    public abstract class InferenceFixture
    {
        internal ScriptedServer Server { get; private set; }

        protected BridgeClient Client { get; private set; }

        protected TensorWriter Inputs { get; private set; }

        [SetUp]
        public async Task Connect()
        {
            Server = new ScriptedServer();
            Client = new BridgeClient(Server.Options());
            Inputs = new TensorWriter();
            Inputs.Set<float>("x", new[] { 1f, 2f }, new[] { 2 });
            await Client.ConnectAsync();
        }

        /// <summary>Connects once more, to a server that has changed.</summary>
        internal async Task ConnectTo(Action<ScriptedServer> change)
        {
            Client.Close();
            change(Server);
            Client = new BridgeClient(Server.Options());
            await Client.ConnectAsync();
        }

        [TearDown]
        public void Close() => Client.Close();

        internal async Task<ScriptedCall> Opened(ScriptedCall notThis = null, SharedMemory upload = null)
        {
            var call = await Server.Call(BridgeStream.Inference, notThis);
            call.Say(new InferResponse { Opened = new InferOpened { UploadMemory = upload } });
            await Expect.Until(() => Client.Inference.IsOpen, "the stream is open");
            return call;
        }

        /// <summary>The first messages of a kind that have come up, once there are so many.</summary>
        internal static async Task<InferRequest[]> Heard(ScriptedCall call, InferRequest.MessageOneofCase kind, int count = 1)
        {
            InferRequest[] heard = null;
            await Expect.Until(
                () => (heard = call.Heard(InferRequest.Parser).Where(one => one.MessageCase == kind).ToArray()).Length >= count, $"{count} of {kind}");
            return heard;
        }

        internal static async Task<FrameBridge.InferenceResult> Taken(InferenceSlot slot)
        {
            FrameBridge.InferenceResult result = null;
            await Expect.Until(() => slot.TryTakeResult(out result), "a result");
            return result;
        }

        /// <summary>A result of one tensor "y" of floats, in chunks of so many bytes.</summary>
        internal static void Answer(ScriptedCall call, int slot, long index, float[] values, int chunk = 1 << 20, Action<V1.InferenceResult> change = null)
        {
            var bytes = values.SelectMany(BitConverter.GetBytes).ToArray();
            foreach (var one in Chunks(slot, index, bytes, chunk))
            {
                change?.Invoke(one);
                call.Say(new InferResponse { Result = one });
            }
        }

        internal static void Refuse(ScriptedCall call, int slot, long index, V1.Disposition disposition, V1.ErrorReason reason) => call.Say(new InferResponse
        {
            Status = new InferenceStatus
            {
                Slot = slot,
                RequestIndex = index,
                Outcome = new V1.Outcome { Disposition = disposition, Stage = V1.Stage.Queue, Error = new ErrorDetail { Reason = reason, Message = "why" } },
            },
        });

        private static IEnumerable<V1.InferenceResult> Chunks(int slot, long index, byte[] bytes, int chunk)
        {
            for (var offset = 0; offset == 0 || offset < bytes.Length; offset += chunk)
            {
                var one = new V1.InferenceResult
                {
                    Slot = slot,
                    RequestIndex = index,
                    ChunkOffset = offset,
                    TotalBytes = bytes.Length,
                    Timing = new Timing { ServerMicros = 5, Rung = "style.run" },
                    Payload = ByteString.CopyFrom(bytes, offset, Math.Min(chunk, bytes.Length - offset)),
                };
                if (offset == 0)
                {
                    one.Outputs.Add(new Tensor { Name = "y", DataType = DataType.Float32, Shape = { bytes.Length / 4 } });
                }

                yield return one;
            }
        }
    }
}
