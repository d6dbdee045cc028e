namespace FrameBridge
{
    /// <summary>What is looked for in a picture: one answer of each kind that is switched on.</summary>
    public sealed partial class CameraRecognizer
    {
        private const int MostKinds = 4; // of one picture
        private const string LooksForNothing = "nothing to look for; switch on Detect, Classify, Faces, Face Mesh or People";
        private const string LooksForTooMuch = "more than four things to look for in one picture; switch one off";

        // Those first that matter most: the first problem is told.
        private static readonly RecognitionKind[] Kinds =
        {
            RecognitionKind.Detect, RecognitionKind.Classify, RecognitionKind.Faces, RecognitionKind.FaceMesh, RecognitionKind.People,
        };

        private readonly ProblemWatch[] _watches =
        {
            new ProblemWatch(), new ProblemWatch(), new ProblemWatch(), new ProblemWatch(), new ProblemWatch(),
        };

        /// <summary>Whether anything is looked for.</summary>
        internal bool IsLooking => CountKinds() > 0;

        private string WrongKinds()
        {
            int count = CountKinds();
            return count == 0 ? LooksForNothing : count > MostKinds ? LooksForTooMuch : null;
        }

        private int CountKinds()
        {
            int count = 0;
            foreach (RecognitionKind kind in Kinds)
            {
                count += IsAsked(kind) ? 1 : 0;
            }

            return count;
        }

        /// <summary>The kind as the server is asked for it.</summary>
        private RecognitionKind Wire(RecognitionKind kind) =>
            kind == RecognitionKind.Detect && track ? RecognitionKind.Track : kind;

        private bool IsAsked(RecognitionKind kind)
        {
            switch (kind)
            {
                case RecognitionKind.Detect: return detect;
                case RecognitionKind.Classify: return classify;
                case RecognitionKind.Faces: return faces;
                case RecognitionKind.FaceMesh: return faceMesh;
                default: return people;
            }
        }

        private float BudgetOf(RecognitionKind kind)
        {
            switch (kind)
            {
                case RecognitionKind.Detect: return detectSeconds;
                case RecognitionKind.Classify: return classifySeconds;
                default: return peopleSeconds;
            }
        }

        private ProblemWatch WatchOf(RecognitionKind kind)
        {
            switch (kind)
            {
                case RecognitionKind.Classify: return _watches[1];
                case RecognitionKind.Faces: return _watches[2];
                case RecognitionKind.FaceMesh: return _watches[3];
                case RecognitionKind.People: return _watches[4];
                default: return _watches[0];
            }
        }

        private static ProblemWords WordsOf(RecognitionKind kind)
        {
            switch (kind)
            {
                case RecognitionKind.Classify: return ProblemWords.Names;
                case RecognitionKind.Faces: return ProblemWords.Faces;
                case RecognitionKind.FaceMesh: return ProblemWords.Meshes;
                case RecognitionKind.People: return ProblemWords.Masks;
                default: return ProblemWords.Boxes;
            }
        }
    }
}
