using System;

namespace FrameBridge
{
    /// <summary>From the server to the listeners.</summary>
    public sealed partial class CameraRecognizer
    {
        private void Take(RecognitionKind kind)
        {
            HearLate(kind);
            if (!_slot.TryTakeResult(kind, out RecognitionResult result))
            {
                return;
            }

            if (!result.IsAnswered)
            {
                WatchOf(kind).Unmet(result.Outcome);
                return;
            }

            WatchOf(kind).Answered(result.Carried);
            Recognized?.Invoke(result);
            TellLabel(kind, result);
        }

        private void TellLabel(RecognitionKind kind, RecognitionResult result)
        {
            bool isNamed = kind == RecognitionKind.Detect || kind == RecognitionKind.Track || kind == RecognitionKind.Classify;
            if (!isNamed || (kind == RecognitionKind.Classify && detect))
            {
                return; // with both, boxes win: two names for one picture would alternate
            }

            string best = kind == RecognitionKind.Classify ? Best(result.Classifications) : Best(result.Detections);
            if (best != Label)
            {
                Label = best;
                onLabel.Invoke(best);
            }
        }

        private static string Best(ReadOnlySpan<Detection> boxes) => boxes.Length > 0 ? boxes[0].Label : string.Empty;

        private static string Best(ReadOnlySpan<Classification> names) => names.Length > 0 ? names[0].Label : string.Empty;
    }
}
