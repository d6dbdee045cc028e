using System;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>From the wire to the listeners.</summary>
    public sealed partial class CameraRecognizer
    {
        private void Take(RecognitionKind kind)
        {
            if (!_slot.TryTakeResult(kind, out RecognitionResult result))
            {
                return;
            }

            if (!result.IsAnswered)
            {
                Hear(result.Outcome);
                return;
            }

            Complain(string.Empty);
            Recognized?.Invoke(result);
            TellLabel(kind, result);
        }

        private void Hear(in Outcome outcome)
        {
            // Late, refused and superseded pictures are statistics; what is wrong in itself has to be told.
            if (outcome.Disposition == Disposition.Invalid || outcome.Disposition == Disposition.Failed)
            {
                Complain(outcome.Message);
            }
        }

        private void TellLabel(RecognitionKind kind, RecognitionResult result)
        {
            if (kind == RecognitionKind.Classify && detect)
            {
                return; // with both, the boxes have the word: two names for one picture would take turns
            }

            string best = kind == RecognitionKind.Detect ? Best(result.Detections) : Best(result.Classifications);
            if (best != Label)
            {
                Label = best;
                onLabel.Invoke(best);
            }
        }

        private static string Best(ReadOnlySpan<Detection> boxes) => boxes.Length > 0 ? boxes[0].Label : string.Empty;

        private static string Best(ReadOnlySpan<Classification> names) => names.Length > 0 ? names[0].Label : string.Empty;

        private void Complain(string problem)
        {
            problem ??= string.Empty;
            if (problem.Length > 0 && problem != Problem)
            {
                Debug.LogWarning("FrameBridge: " + problem, this);
            }

            Problem = problem;
        }
    }
}
