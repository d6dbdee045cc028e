using CsCheck;
using FrameBridge.V1;

namespace FrameBridge.Tests
{
    /// <summary>Random answers of the unary calls, by the generated code.</summary>
    internal static class ControlGenerators
    {
        public static readonly Gen<string> Texts = Gen.OneOf(
            Gen.Const(string.Empty), Gen.String[Gen.Char.AlphaNumeric, 0, 90], Gen.OneOf(Gen.Const("avatar.64"), Gen.Const("größer"), Gen.Const("日本"), Gen.Const("🎮")));

        private static readonly Gen<long> Numbers = Gen.OneOf(Gen.Long, Gen.Const(0L), Gen.Long[-5, 500]);
        private static readonly Gen<int> Counts = Gen.OneOf(Gen.Int, Gen.Const(0), Gen.Int[-5, 500]);

        private static readonly Gen<Rung> Rungs =
            from name in Texts
            from width in Counts
            from height in Counts
            from needsDevice in Gen.Bool
            from isCheaper in Gen.Bool
            select new Rung { Name = name, Width = width, Height = height, NeedsDevice = needsDevice, CheaperFormat = isCheaper };

        private static readonly Gen<Dimension> Dimensions =
            from least in Numbers
            from most in Numbers
            select new Dimension { Least = least, Most = most };

        private static readonly Gen<V1.TensorSpec> Tensors =
            from name in Texts
            from type in Gen.Int[0, 20]
            from dimensions in Dimensions.Array[0, 5]
            select new V1.TensorSpec { Name = name, DataType = (DataType)type, Dimensions = { dimensions } };

        public static readonly Gen<Model> Models =
            from texts in Texts.Array[3]
            from capability in Gen.Int[0, 9]
            from state in Gen.Int[0, 9]
            from resident in Numbers
            from rungs in Texts.Array[0, 6]
            from details in Rungs.Array[0, 6]
            from tensors in Gen.Select(Tensors.Array[0, 5], Tensors.Array[0, 5])
            from batch in Counts
            from budget in Numbers
            select new Model
            {
                Name = texts[0],
                Version = texts[1],
                Detail = texts[2],
                Capability = (V1.Capability)capability,
                State = (V1.ModelState)state,
                ResidentBytes = resident,
                Rungs = { rungs },
                RungDetails = { details },
                Inputs = { tensors.Item1 },
                Outputs = { tensors.Item2 },
                MaxBatch = batch,
                DefaultBudgetMicros = budget,
            };

        public static readonly Gen<ListModelsResponse> ModelLists =
            from models in Models.Array[0, 8]
            select new ListModelsResponse { Models = { models } };

        public static readonly Gen<ErrorDetail> Errors =
            from reason in Gen.Int[0, 40]
            from message in Texts
            from retryable in Gen.Bool
            from after in Numbers
            select new ErrorDetail { Reason = (V1.ErrorReason)reason, Message = message, Retryable = retryable, RetryAfterMicros = after };

        private static readonly Gen<AttributeSchema> Attributes =
            from name in Texts
            from choices in Texts.Array[0, 6]
            from isColor in Gen.Bool
            select new AttributeSchema { Name = name, Choices = { choices }, IsColor = isColor };

        public static readonly Gen<GetAvatarSchemaResponse> Schemas =
            from attributes in Attributes.Array[0, 6]
            from expressions in Texts.Array[0, 6]
            select new GetAvatarSchemaResponse { Attributes = { attributes }, Expressions = { expressions } };

        private static readonly Gen<Limits> Ceilings =
            from ints in Counts.Array[20]
            from budget in Numbers
            select new Limits
            {
                MaxMessageBytes = ints[0],
                MaxImageBytes = ints[1],
                MaxImagePixels = ints[2],
                MaxConcurrentDecodes = ints[3],
                MaxStreamsPerSession = ints[4],
                MaxSlotsPerStream = ints[5],
                MaxConversationsPerSession = ints[6],
                MaxUnacknowledgedFrames = ints[7],
                MaxPoseBytes = ints[8],
                MaxTextBytes = ints[9],
                MaxContextTokens = ints[10],
                MaxBudgetMicros = budget,
                MaxChunkBytes = ints[11],
                MaxTensorBytes = ints[12],
                MaxInferMessageBytes = ints[13],
                MaxWaitingTensorBytes = ints[14],
                MaxOpenInferences = ints[15],
                MaxHistoryBytes = ints[16],
                MaxHistoryLines = ints[17],
                MaxNpcBytes = ints[18],
                MaxActionResultBytes = ints[19],
            };

        public static readonly Gen<HandshakeResponse> Handshakes =
            from has in Gen.Bool.Array[5]
            from version in Counts.Array[2]
            from texts in Texts.Array[2]
            from grace in Numbers
            from capabilities in Gen.Int[0, 200].Array[0, 6]
            from formats in Gen.Int[0, 200].Array[0, 12]
            from models in Models.Array[0, 6]
            from limits in Ceilings
            select new HandshakeResponse
            {
                Protocol = has[0] ? new V1.ProtocolVersion { Major = version[0], Minor = version[1] } : null,
                ServerVersion = texts[0],
                SessionId = texts[1],
                Resumed = has[1],
                GraceMicros = grace,
                Capabilities = { System.Array.ConvertAll(capabilities, each => (V1.Capability)each) },
                Models = { models },
                TextureFormats = { System.Array.ConvertAll(formats, each => (TextureFormat)each) },
                Limits = has[2] ? limits : null,
                Bundles = has[4],
                SharedMemory = has[3] ? new SharedMemory { Path = texts[0], SizeBytes = grace } : null,
            };

        public static readonly Gen<(HandshakeResponse, ListModelsResponse, GetAvatarSchemaResponse, ErrorDetail)> All =
            Gen.Select(Handshakes, ModelLists, Schemas, Errors);
    }
}
