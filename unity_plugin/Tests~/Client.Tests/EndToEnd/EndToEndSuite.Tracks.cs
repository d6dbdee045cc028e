using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace FrameBridge.Tests
{
    /// <summary>Objects that are followed from picture to picture.</summary>
    internal static partial class EndToEndSuite
    {
        /// <summary>The tests that need a server of minor version 7.</summary>
        public static IReadOnlyList<string> SinceMinor7 { get; } = new[]
        {
            nameof(ObjectsAreFollowedAndPredicted),
            nameof(FacesAndPeopleAreSeenOnceTheirModelsAreLoaded),
        };

        public static async Task ObjectsAreFollowedAndPredicted(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            var camera = client.Recognition.OpenSlot();
            var task = new RecognitionTask { Kind = RecognitionKind.Track, BudgetSeconds = Generous, ByAppearance = true };
            var image = new CameraImage { Format = ImageFormat.Rgba32, Width = 64, Height = 48 };
            var pixels = new byte[4 * 64 * 48];
            pixels.AsSpan().Fill(200);

            var first = await Tracked(camera, () => camera.TrySend(image, pixels, new[] { task })).ConfigureAwait(false);
            var second = await Tracked(camera, () => camera.TrySend(image, pixels, new[] { task })).ConfigureAwait(false);
            Expect.That(first.Length > 0 && first.All(one => one.TrackId > 0 && one.Label.Length > 0), "objects with ids");
            Expect.Equal(Ids(first), Ids(second), "the same ids in the next picture");
            Expect.That(second.All(one => !one.Predicted && one.UnseenSeconds <= 0), "seen in it");

            var now = await Tracked(camera, () => camera.TryPredict(task)).ConfigureAwait(false);
            Expect.Equal(Ids(first), Ids(now), "the same ids without a picture");
            Expect.That(now.All(one => one.Predicted && one.UnseenSeconds > 0), "predicted");
        }

        private static string Ids(Detection[] boxes) => string.Join(" ", boxes.Select(one => $"{one.TrackId} {one.Label}").OrderBy(one => one));

        private static async Task<Detection[]> Tracked(CameraSlot camera, Func<long> send)
        {
            long index = 0;
            await Expect.Until(() => (index = send()) > 0, "a frame is sent").ConfigureAwait(false);
            RecognitionResult result = null;
            await Expect.Until(() => camera.TryTakeResult(RecognitionKind.Track, out result) && result.FrameIndex == index, "tracks").ConfigureAwait(false);
            Expect.That(result.IsAnswered, $"an answer, not {result.Outcome.Reason}: {result.Outcome.Message}");
            return result.Detections.ToArray();
        }
    }
}
