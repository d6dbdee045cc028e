using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>Causes that the client knows from the server's model list.</summary>
    internal static class ServerCause
    {
        /// <summary>Finds the cause of a silence, and the state of a model that the server's message does not name.</summary>
        internal static void Complete(ref ProblemCause cause, BridgeClient client, bool isStreamOpen, ProblemWords words)
        {
            if (IsAboutPace(cause.Kind) && client.IsReplay)
            {
                cause = default; // the recorded server was slow: nothing here fixes that
            }
            else if (cause.Kind == ProblemKind.Silence)
            {
                CompleteSilence(ref cause, client, isStreamOpen, words);
            }
            else if (cause.Kind == ProblemKind.Model && string.IsNullOrEmpty(cause.Text))
            {
                Stand(ref cause, BridgeModel.Find(client.Models, words.Model));
            }
        }

        private static void CompleteSilence(ref ProblemCause cause, BridgeClient client, bool isStreamOpen, ProblemWords words)
        {
            if (!isStreamOpen)
            {
                cause = new ProblemCause { Kind = ProblemKind.Stream, Text = client.LastError?.Message };
                return;
            }

            if (IsModelMissing(client, words, out ProblemCause missing))
            {
                cause = missing;
            }
        }

        /// <summary>
        /// Whether the model is known not to be ready. The client is notified of changes, so this ends by itself; with
        /// a server of minor version 0 a later unload shows only in the outcomes of requests.
        /// </summary>
        internal static bool IsModelMissing(BridgeClient client, ProblemWords words, out ProblemCause cause)
        {
            cause = default;
            IReadOnlyList<BridgeModel> models = client.Models;
            BridgeModel model = BridgeModel.Find(models, words.Model);
            if (models.Count == 0 || (model != null && model.State == ModelState.Ready))
            {
                return false;
            }

            cause.Kind = ProblemKind.Model;
            Stand(ref cause, model);
            return true;
        }

        /// <summary>Whether the server is loading the model.</summary>
        internal static bool IsModelLoading(BridgeClient client, ProblemWords words)
        {
            BridgeModel model = BridgeModel.Find(client.Models, words.Model);
            return model != null && model.State == ModelState.Loading;
        }

        private static bool IsAboutPace(ProblemKind kind)
        {
            switch (kind)
            {
                case ProblemKind.Link:
                case ProblemKind.Backlog:
                case ProblemKind.Budget:
                case ProblemKind.Repeat:
                case ProblemKind.Overloaded:
                case ProblemKind.Silence: return true;
                default: return false;
            }
        }

        private static void Stand(ref ProblemCause cause, BridgeModel model)
        {
            cause.State = model == null ? ModelState.Unspecified : model.State;
            cause.Detail = model == null || model.Detail.Length == 0 ? null : model.Detail;
        }
    }
}
