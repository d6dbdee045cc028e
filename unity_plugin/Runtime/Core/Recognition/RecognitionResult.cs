using System;

namespace FrameBridge
{
    /// <summary>
    /// What became of one task of one picture: names, boxes or the reason why there are none. The object is used again: it
    /// stays as it is until the next <see cref="CameraSlot.TryTakeResult"/> of the same camera and kind.
    /// </summary>
    public sealed class RecognitionResult
    {
        internal RecognitionResult()
        {
        }

        /// <summary>The camera.</summary>
        public int Slot { get; internal set; }

        /// <summary>The picture.</summary>
        public long FrameIndex { get; internal set; }

        /// <summary>The task.</summary>
        public RecognitionKind Kind { get; internal set; }

        /// <summary>Whether there is an answer; if not, <see cref="Outcome"/> says why.</summary>
        public bool IsAnswered { get; internal set; }

        /// <summary>What became of a task without an answer.</summary>
        public Outcome Outcome { get; internal set; }

        /// <summary>Width of the picture in pixels; boxes are in these.</summary>
        public int SourceWidth { get; internal set; }

        /// <summary>Height of the picture in pixels; boxes are in these.</summary>
        public int SourceHeight { get; internal set; }

        /// <summary>Whether this is an earlier answer carried on because looking anew could not be on time.</summary>
        public bool Carried { get; internal set; }

        /// <summary>For carried answers: the picture that was really looked at.</summary>
        public long CarriedFromIndex { get; internal set; }

        /// <summary>Seconds from sending the picture to the answer.</summary>
        public double ElapsedSeconds { get; internal set; }

        /// <summary>What the answer was worth, in seconds.</summary>
        public double BudgetSeconds { get; internal set; }

        /// <summary>Where the time went on the server.</summary>
        public FrameTiming Timing { get; internal set; }

        /// <summary>The pose that was sent with the picture: use this one, not the camera's pose now.</summary>
        public ReadOnlySpan<byte> Pose => throw new NotImplementedException();

        /// <summary>Names for the whole picture, best first.</summary>
        public ReadOnlySpan<Classification> Classifications => throw new NotImplementedException();

        /// <summary>Objects and their boxes, best first.</summary>
        public ReadOnlySpan<Detection> Detections => throw new NotImplementedException();
    }
}
