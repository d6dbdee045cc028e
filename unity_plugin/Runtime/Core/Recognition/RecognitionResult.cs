using System;

namespace FrameBridge
{
    /// <summary>
    /// The result of one task of one picture: names, boxes, faces, a mask or the reason why there are none. The object is reused: it
    /// is valid until the next <see cref="CameraSlot.TryTakeResult"/> of the same camera and kind.
    /// </summary>
    public sealed class RecognitionResult
    {
        internal readonly Classification[] ClassificationBuffer = new Classification[RecognitionMessage.MaxAnswers];
        internal readonly Detection[] DetectionBuffer = new Detection[RecognitionMessage.MaxAnswers];
        private readonly PeopleAnswers _people = new PeopleAnswers();
        private byte[] _pose = Array.Empty<byte>();
        private int _poseLength;
        private byte[] _carriedFromPose = Array.Empty<byte>();
        private int _carriedFromPoseLength;

        internal RecognitionResult()
        {
        }

        /// <summary>The camera's slot.</summary>
        public int Slot { get; internal set; }

        /// <summary>The picture's index.</summary>
        public long FrameIndex { get; internal set; }

        /// <summary>The kind of task.</summary>
        public RecognitionKind Kind { get; internal set; }

        /// <summary>Whether there is an answer; if not, <see cref="Outcome"/> says why.</summary>
        public bool IsAnswered { get; internal set; }

        /// <summary>The outcome of a task without an answer.</summary>
        public Outcome Outcome { get; internal set; }

        /// <summary>Width of the picture in pixels, the unit of boxes.</summary>
        public int SourceWidth { get; internal set; }

        /// <summary>Height of the picture in pixels, the unit of boxes.</summary>
        public int SourceHeight { get; internal set; }

        /// <summary>Whether this is an earlier answer, moved along because a new one could not be on time.</summary>
        public bool Carried { get; internal set; }

        /// <summary>For carried answers: the picture that was analysed.</summary>
        public long CarriedFromIndex { get; internal set; }

        /// <summary>
        /// For carried answers: how many seconds before this picture the analysed one arrived; 0 from an older server.
        /// </summary>
        public double CarriedSeconds { get; internal set; }

        /// <summary>Seconds from sending the picture to the answer.</summary>
        public double ElapsedSeconds { get; internal set; }

        /// <summary>The answer's budget in seconds.</summary>
        public double BudgetSeconds { get; internal set; }

        /// <summary>How the server spent the time.</summary>
        public FrameTiming Timing { get; internal set; }

        /// <summary>The pose that was sent with the picture: use it instead of the camera's current pose.</summary>
        public ReadOnlySpan<byte> Pose => new ReadOnlySpan<byte>(_pose, 0, _poseLength);

        /// <summary>
        /// For carried answers: the pose that was sent with the analysed picture; empty from an older server.
        /// </summary>
        public ReadOnlySpan<byte> CarriedFromPose => new ReadOnlySpan<byte>(_carriedFromPose, 0, _carriedFromPoseLength);

        /// <summary>Names for the whole picture, best first.</summary>
        public ReadOnlySpan<Classification> Classifications => new ReadOnlySpan<Classification>(ClassificationBuffer, 0, ClassificationCount);

        /// <summary>Objects and their boxes, best first.</summary>
        public ReadOnlySpan<Detection> Detections => new ReadOnlySpan<Detection>(DetectionBuffer, 0, DetectionCount);

        /// <summary>Faces, best first, for <see cref="RecognitionKind.Faces"/>.</summary>
        public ReadOnlySpan<Face> Faces => new ReadOnlySpan<Face>(_people.Faces, 0, _people.FaceCount);

        /// <summary>Faces with points, best first, for <see cref="RecognitionKind.FaceMesh"/>.</summary>
        public ReadOnlySpan<FaceMesh> FaceMeshes => new ReadOnlySpan<FaceMesh>(_people.Meshes, 0, _people.MeshCount);

        /// <summary>
        /// Where people are, for <see cref="RecognitionKind.People"/>; of width 0 if there is no mask.
        /// </summary>
        public PeopleMask People => _people.HasMask ? _people.Mask : default;

        /// <summary>
        /// The mask's bytes, 255 for certain, top row first: an 8-bit texture of one channel, which Unity shows upside down. Empty
        /// if there is no mask.
        /// </summary>
        public ReadOnlySpan<byte> MaskPixels => new ReadOnlySpan<byte>(_people.Pixels, 0, _people.HasMask ? _people.PixelCount : 0);

        internal int ClassificationCount { get; private set; }

        internal int DetectionCount { get; private set; }

        /// <summary>
        /// The <see cref="FaceMesh.PointCount"/> points of the mesh at this place in <see cref="FaceMeshes"/>.
        /// </summary>
        public ReadOnlySpan<MeshPoint> MeshPoints(int mesh)
        {
            if (mesh < 0 || mesh >= _people.MeshCount)
            {
                throw new ArgumentOutOfRangeException(nameof(mesh), mesh, $"there are {_people.MeshCount} meshes");
            }

            return new ReadOnlySpan<MeshPoint>(_people.Points, mesh * FaceMesh.PointCount, FaceMesh.PointCount);
        }

        /// <summary>Copies a message.</summary>
        internal void Fill(RecognitionMessage message, ReadOnlySpan<byte> pose)
        {
            Slot = message.Slot;
            FrameIndex = message.FrameIndex;
            IsAnswered = message.Kind == RecognitionMessageKind.Result;
            Outcome = message.Outcome;
            SourceWidth = message.SourceWidth;
            SourceHeight = message.SourceHeight;
            Carried = message.Carried;
            CarriedFromIndex = message.CarriedFromIndex;
            CarriedSeconds = message.CarriedMicros / 1e6;
            Timing = IsAnswered ? message.Timing : message.Outcome.Timing;
            ClassificationCount = message.ClassificationCount;
            DetectionCount = message.DetectionCount;
            Array.Copy(message.Classifications, ClassificationBuffer, ClassificationCount);
            Array.Copy(message.Detections, DetectionBuffer, DetectionCount);
            _people.CopyFrom(message.People);
            Keep(pose, ref _pose, out _poseLength);
            Keep(new ReadOnlySpan<byte>(message.CarriedFromPose, 0, message.CarriedFromPoseLength), ref _carriedFromPose, out _carriedFromPoseLength);
        }

        private static void Keep(ReadOnlySpan<byte> pose, ref byte[] kept, out int length)
        {
            length = Math.Min(pose.Length, RecognitionMessage.MaxPoseBytes);
            if (kept.Length < length)
            {
                kept = new byte[length];
            }

            pose.Slice(0, length).CopyTo(kept);
        }
    }
}
