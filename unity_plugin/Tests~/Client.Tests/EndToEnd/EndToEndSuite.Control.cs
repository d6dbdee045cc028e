using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Tests
{
    /// <summary>Handshake, session and models.</summary>
    internal static partial class EndToEndSuite
    {
        public static async Task HandshakeTellsLimitsAndModels(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            Expect.Equal(BridgeState.Ready, client.State, "state");
            Expect.That(client.SessionId.Length > 0, "a session");
            Expect.That(client.Limits.MaxMessageBytes > 0, "limits");
            Expect.That(client.Formats.Count > 0 && client.Formats[0] == FrameFormat.Rgba32, "the format asked for");
            Expect.That(client.Models.Count > 0 && client.Models[0].Rungs.Count > 0, "models with rungs");
        }

        public static async Task SchemaIsGiven(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var schema = await client.GetAvatarSchemaAsync().ConfigureAwait(false);
            Expect.That(schema.Attributes.Count > 0 && schema.Expressions.Count > 0, "attributes and expressions");
        }

        public static async Task ModelsAreListedAsTheHandshakeTold(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var told = client.Models;
            var listed = await client.ListModelsAsync().ConfigureAwait(false);
            Expect.Equal(told.Count, listed.Count, "models");
            for (var i = 0; i < told.Count; i++)
            {
                Expect.Equal(
                    (told[i].Name, told[i].Capability, told[i].State, told[i].Version, told[i].ResidentBytes, string.Join(",", told[i].Rungs)),
                    (listed[i].Name, listed[i].Capability, listed[i].State, listed[i].Version, listed[i].ResidentBytes, string.Join(",", listed[i].Rungs)),
                    "model");
                Expect.Equal(told[i].RungDetails.Count, listed[i].RungDetails.Count, "rungs in detail");
            }

            Expect.That(client.Models.Count == listed.Count, "the client remembers them");
        }

        public static async Task ModelsAreToldToWhoWatches(string address)
        {
            using var transport = Handlers.Transport(Options(address));
            using var end = new CancellationTokenSource();
            var question = new HandshakeQuestion { ClientName = "watch", ClientVersion = "1", ResumeSessionId = string.Empty };
            var answer = await transport.HandshakeAsync(question, CancellationToken.None).ConfigureAwait(false);
            await transport.EndSessionAsync(answer.SessionId, CancellationToken.None).ConfigureAwait(false);
            if (answer.ProtocolMinor < 1)
            {
                return; // an older server: it is asked for its models instead
            }

            var heard = new TaskCompletionSource<IReadOnlyList<BridgeModel>>(TaskCreationOptions.RunContinuationsAsynchronously);
            var watching = transport.WatchModelsAsync(models => heard.TrySetResult(models), end.Token);
            var told = await heard.Task.ConfigureAwait(false);
            var listed = await transport.ListModelsAsync(CancellationToken.None).ConfigureAwait(false);
            Expect.Equal(string.Join(",", listed.Select(model => model.Name)), string.Join(",", told.Select(model => model.Name)), "names");
            foreach (var model in answer.ProtocolMinor < 2 ? Array.Empty<BridgeModel>() : told)
            {
                var names = model.RungDetails.Select(rung => rung.Name);
                Expect.Equal(string.Join(",", model.Rungs), string.Join(",", names), "rungs in detail");
                Expect.That(model.Capability != Capability.Avatar || model.RungDetails[0].Width > 0, "an avatar's width");
            }

            Expect.That(!watching.IsCompleted, "it goes on");
            end.Cancel();
            try
            {
                await watching.ConfigureAwait(false);
            }
            catch (Exception thrown)
            {
                Expect.Equal(ErrorReason.Cancelled, transport.ErrorOf(thrown).Reason, "how it ends");
                return;
            }

            Expect.That(false, "it ended by itself");
        }

        public static async Task AModelIsLoaded(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var model = await client.LoadModelAsync("avatar").ConfigureAwait(false);
            Expect.Equal(("avatar", Capability.Avatar, ModelState.Ready), (model.Name, model.Capability, model.State), "model");
            Expect.That(model.Version.Length > 0 && model.Rungs.Count > 0, "version and rungs");
        }

        public static async Task AnUnknownModelIsRefusedInTheServersWords(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            try
            {
                await client.LoadModelAsync("größer").ConfigureAwait(false);
            }
            catch (BridgeException error)
            {
                Expect.Equal(ErrorReason.UnknownModel, error.Reason, "reason");
                Expect.That(error.Message.Contains("größer") && error.Message.Contains("avatar"), $"what was asked for and what there is, not: {error.Message}");
                Expect.That(!error.IsLost && client.State == BridgeState.Ready, "the connection stays");
                return;
            }

            Expect.That(false, "it was loaded");
        }

        public static async Task AnEndedSessionIsGone(string address)
        {
            using var transport = Handlers.Transport(Options(address));
            var question = new HandshakeQuestion { ClientName = "end-to-end", Formats = new[] { FrameFormat.Bc3, FrameFormat.Rgba32 } };
            var first = await transport.HandshakeAsync(question, CancellationToken.None).ConfigureAwait(false);
            Expect.That(first.GraceMicros > 0 && first.Formats[0] == FrameFormat.Bc3, "grace time and formats");
            question.ResumeSessionId = first.SessionId;
            var second = await transport.HandshakeAsync(question, CancellationToken.None).ConfigureAwait(false);
            Expect.Equal((true, first.SessionId), (second.Resumed, second.SessionId), "resumed");
            await transport.EndSessionAsync(first.SessionId, CancellationToken.None).ConfigureAwait(false);
            var third = await transport.HandshakeAsync(question, CancellationToken.None).ConfigureAwait(false);
            Expect.That(!third.Resumed && third.SessionId != first.SessionId, "a new session once it was ended");
            await transport.EndSessionAsync(third.SessionId, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
