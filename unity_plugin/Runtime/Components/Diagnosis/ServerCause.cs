using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>What the client knows of the server beside the outcomes of requests.</summary>
    internal static class ServerCause
    {
        /// <summary>Finds what is behind a silence, and where a model stands of which the server said nothing itself.</summary>
        internal static void Complete(ref ProblemCause cause, BridgeClient client, bool isStreamOpen, ProblemWords words)
        {
            if (cause.Kind == ProblemKind.Silence)
            {
                CompleteSilence(ref cause, client, isStreamOpen, words);
            }
            else if (cause.Kind == ProblemKind.Model && string.IsNullOrEmpty(cause.Text))
            {
                Stand(ref cause, Find(client.Models, words.Model));
            }
        }

        private static void CompleteSilence(ref ProblemCause cause, BridgeClient client, bool isStreamOpen, ProblemWords words)
        {
            if (!isStreamOpen)
            {
                cause = new ProblemCause { Kind = ProblemKind.Stream, Text = client.LastError?.Message };
                return;
            }

            IReadOnlyList<BridgeModel> models = client.Models;
            BridgeModel model = Find(models, words.Model);
            if (models.Count > 0 && (model == null || model.State != ModelState.Ready))
            {
                cause = new ProblemCause { Kind = ProblemKind.Model };
                Stand(ref cause, model);
            }
        }

        private static void Stand(ref ProblemCause cause, BridgeModel model)
        {
            cause.State = model == null ? ModelState.Unspecified : model.State;
            cause.Detail = model == null || model.Detail.Length == 0 ? null : model.Detail;
        }

        private static BridgeModel Find(IReadOnlyList<BridgeModel> models, string name)
        {
            for (int i = 0; i < models.Count; i++)
            {
                if (models[i].Name == name)
                {
                    return models[i];
                }
            }

            return null;
        }
    }
}
