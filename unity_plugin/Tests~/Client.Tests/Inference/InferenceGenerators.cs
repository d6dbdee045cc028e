using CsCheck;
using FrameBridge.V1;
using Google.Protobuf;

namespace FrameBridge.Tests
{
    /// <summary>Random messages of an inference stream, by the generated code.</summary>
    internal static class InferenceGenerators
    {
        private static readonly Gen<long> Numbers = Gen.OneOf(Gen.Long, Gen.Const(0L), Gen.Long[-5, 500]);
        private static readonly Gen<string> Names = Gen.OneOf(Gen.Const(string.Empty), Gen.String[Gen.Char.AlphaNumeric, 0, 20], Gen.Const("größer"));

        private static readonly Gen<Tensor> Tensors =
            from name in Names
            from type in Gen.Int[0, 11]
            from sizes in Gen.OneOf(Gen.Long[0, 9], Gen.Long[-3, 5_000_000_000]).Array[0, 10]
            select new Tensor { Name = name, DataType = (DataType)type, Shape = { sizes } };

        private static readonly Gen<V1.InferenceResult> Results =
            from longs in Numbers.Array[4]
            from slot in Gen.Int
            from outputs in Tensors.Array[0, 70]
            from timing in Generators.Timings
            from payload in Gen.Byte.Array[0, 300]
            select new V1.InferenceResult
            {
                Slot = slot,
                RequestIndex = longs[0],
                ChunkOffset = longs[1],
                TotalBytes = longs[2],
                RepeatedFromIndex = longs[3],
                Outputs = { outputs },
                Timing = timing,
                Payload = ByteString.CopyFrom(payload),
            };

        private static readonly Gen<InferenceStatus> Statuses =
            from slot in Gen.Int
            from index in Numbers
            from outcome in Generators.Outcomes
            select new InferenceStatus { Slot = slot, RequestIndex = index, Outcome = outcome };

        private static readonly Gen<InferOpened> Openings =
            from path in Names
            from size in Numbers
            from key in Gen.Byte.Array[0, 20]
            select new InferOpened { UploadMemory = new SharedMemory { Path = path, SizeBytes = size, Key = ByteString.CopyFrom(key) } };

        public static readonly Gen<InferResponse> Responses = Gen.OneOf(
            Results.Select(result => new InferResponse { Result = result }),
            Statuses.Select(status => new InferResponse { Status = status }),
            Openings.Select(opened => new InferResponse { Opened = opened }));
    }
}
