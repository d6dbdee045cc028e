using System.Threading.Tasks;

namespace FrameBridge.Tests
{
    /// <summary>Faces, meshes and masks of people.</summary>
    internal static partial class EndToEndSuite
    {
        public static async Task FacesAndPeopleAreSeenOnceTheirModelsAreLoaded(string address)
        {
            await using var client = await Expect.Connected(Options(address)).ConfigureAwait(false);
            foreach (var model in new[] { "faces", "face_mesh", "people" })
            {
                var loaded = await client.LoadModelAsync(model).ConfigureAwait(false);
                Expect.Equal((model, ModelState.Ready), (loaded.Name, loaded.State), "a model on request");
            }

            var camera = client.Recognition.OpenSlot();
            var tasks = new[]
            {
                new RecognitionTask { Kind = RecognitionKind.Faces, BudgetSeconds = Generous },
                new RecognitionTask { Kind = RecognitionKind.FaceMesh, BudgetSeconds = Generous, MaxResults = 2 },
                new RecognitionTask { Kind = RecognitionKind.People, BudgetSeconds = Generous },
            };
            var image = new CameraImage { Format = ImageFormat.Rgba32, Width = 64, Height = 48 };
            var pixels = new byte[4 * 64 * 48];
            await Expect.Until(() => camera.TrySend(image, pixels, tasks) > 0, "a picture is sent").ConfigureAwait(false);

            var faces = await Seen(camera, RecognitionKind.Faces).ConfigureAwait(false);
            Expect.That(faces.Faces.Length > 0 && faces.Faces[0].Width > 0 && faces.Faces[0].Nose.X > 0, "a face with its points");
            Expect.That(faces.Faces[0].X + faces.Faces[0].Width <= 64, "in pixels of the picture");
            var meshes = await Seen(camera, RecognitionKind.FaceMesh).ConfigureAwait(false);
            Expect.That(meshes.FaceMeshes.Length > 0, "a mesh");
            for (var mesh = 0; mesh < meshes.FaceMeshes.Length; mesh++)
            {
                Expect.Equal(FaceMesh.PointCount, meshes.MeshPoints(mesh).Length, "points");
            }

            var people = await Seen(camera, RecognitionKind.People).ConfigureAwait(false);
            Expect.That(people.People.Width > 0 && people.People.Coverage > 0, "a mask");
            Expect.Equal(people.People.Width * people.People.Height, people.MaskPixels.Length, "its bytes");
        }

        private static async Task<RecognitionResult> Seen(CameraSlot camera, RecognitionKind kind)
        {
            RecognitionResult result = null;
            await Expect.Until(() => camera.TryTakeResult(kind, out result), $"{kind}").ConfigureAwait(false);
            Expect.That(result.IsAnswered, $"an answer, not {result.Outcome.Reason}: {result.Outcome.Message}");
            return result;
        }
    }
}
