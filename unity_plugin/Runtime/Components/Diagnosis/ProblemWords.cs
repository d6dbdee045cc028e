namespace FrameBridge
{
    /// <summary>The words of problem sentences for one kind of answer. Fields are named as in the inspector.</summary>
    internal sealed class ProblemWords
    {
        internal static readonly ProblemWords Frames = new ProblemWords(
            "avatar", "frame", "frames", "Budget Seconds", "lower Frames Per Second");

        internal static readonly ProblemWords Boxes = new ProblemWords(
            "detector", "answer with boxes", "boxes", "Detect Seconds", "lower Pictures Per Second");

        internal static readonly ProblemWords Names = new ProblemWords(
            "classifier", "name for the picture", "names for pictures", "Classify Seconds", "lower Pictures Per Second");

        internal static readonly ProblemWords Faces = new ProblemWords(
            "faces", "answer with faces", "faces", "People Seconds", "lower Pictures Per Second");

        internal static readonly ProblemWords Meshes = new ProblemWords(
            "face_mesh", "answer with face meshes", "face meshes", "People Seconds", "lower Pictures Per Second");

        internal static readonly ProblemWords Masks = new ProblemWords(
            "people", "mask of people", "masks of people", "People Seconds", "lower Pictures Per Second");

        internal static readonly ProblemWords Replies = new ProblemWords(
            "dialogue", "reply", "replies", "the persona's First Token Seconds", "have fewer characters speak at once");

        internal ProblemWords(string model, string answer, string answers, string budget, string askLess)
        {
            Model = model;
            Answer = answer;
            Answers = answers;
            Budget = budget;
            AskLess = askLess;
        }

        /// <summary>The model that answers.</summary>
        internal string Model { get; }

        /// <summary>One answer.</summary>
        internal string Answer { get; }

        /// <summary>Several answers.</summary>
        internal string Answers { get; }

        /// <summary>The budget's field.</summary>
        internal string Budget { get; }

        /// <summary>How to reduce the load.</summary>
        internal string AskLess { get; }
    }
}
