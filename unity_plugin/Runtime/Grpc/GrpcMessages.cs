using System.Collections.Generic;
using FrameBridge.V1;

namespace FrameBridge.Grpc
{
    /// <summary>Between the package's own types and the generated ones, for the calls that are made once.</summary>
    internal static class GrpcMessages
    {
        public static HandshakeRequest Of(HandshakeQuestion question)
        {
            var request = new HandshakeRequest
            {
                Protocol = new V1.ProtocolVersion { Major = ProtocolVersion.Major, Minor = ProtocolVersion.Minor },
                ClientName = question.ClientName ?? string.Empty,
                ClientVersion = question.ClientVersion ?? string.Empty,
                TextureRowOrder = question.BottomUp ? RowOrder.BottomUp : RowOrder.TopDown,
                ResumeSessionId = question.ResumeSessionId ?? string.Empty,
            };
            for (var i = 0; i < (question.Formats?.Count ?? 0); i++)
            {
                request.TextureFormats.Add((TextureFormat)(int)question.Formats[i]);
            }

            return request;
        }

        public static HandshakeAnswer Of(HandshakeResponse response)
        {
            var answer = new HandshakeAnswer
            {
                ProtocolMajor = response.Protocol?.Major ?? 0,
                ProtocolMinor = response.Protocol?.Minor ?? 0,
                ServerVersion = response.ServerVersion,
                SessionId = response.SessionId,
                Resumed = response.Resumed,
                GraceMicros = response.GraceMicros,
                Limits = Of(response.Limits ?? new Limits()),
            };
            var capabilities = new List<Capability>();
            foreach (var capability in response.Capabilities)
            {
                capabilities.Add((Capability)(int)capability);
            }

            var formats = new List<FrameFormat>();
            foreach (var format in response.TextureFormats)
            {
                formats.Add((FrameFormat)(int)format);
            }

            var models = new List<BridgeModel>();
            foreach (var model in response.Models)
            {
                models.Add(Of(model));
            }

            answer.Capabilities = capabilities;
            answer.Formats = formats;
            answer.Models = models;
            return answer;
        }

        public static AvatarSchema Of(GetAvatarSchemaResponse response)
        {
            var attributes = new List<AvatarAttributeSchema>();
            foreach (var attribute in response.Attributes)
            {
                attributes.Add(new AvatarAttributeSchema(attribute.Name, new List<string>(attribute.Choices), attribute.IsColor));
            }

            return new AvatarSchema(attributes, new List<string>(response.Expressions));
        }

        private static BridgeModel Of(Model model) => new BridgeModel(
            model.Name, (Capability)(int)model.Capability, (ModelState)(int)model.State, model.Version, model.Detail, new List<string>(model.Rungs));

        private static BridgeLimits Of(Limits limits) => new BridgeLimits
        {
            MaxMessageBytes = limits.MaxMessageBytes,
            MaxImageBytes = limits.MaxImageBytes,
            MaxImagePixels = limits.MaxImagePixels,
            MaxSlotsPerStream = limits.MaxSlotsPerStream,
            MaxConversations = limits.MaxConversationsPerSession,
            MaxUnacknowledgedFrames = limits.MaxUnacknowledgedFrames,
            MaxPoseBytes = limits.MaxPoseBytes,
            MaxTextBytes = limits.MaxTextBytes,
            MaxContextTokens = limits.MaxContextTokens,
            MaxBudgetMicros = limits.MaxBudgetMicros,
            MaxChunkBytes = limits.MaxChunkBytes,
        };
    }
}
