namespace FrameBridge
{
    /// <summary>
    /// How a head is turned against the camera's axis, in degrees; all 0 for a face seen straight on. To turn a face like
    /// this one: pitch first, then yaw, then roll, each about the picture's axes. A plain value.
    /// </summary>
    public struct HeadPose
    {
        /// <summary>Positive where the face looks to the picture's right.</summary>
        public float YawDegrees;

        /// <summary>Positive where it looks up.</summary>
        public float PitchDegrees;

        /// <summary>Positive where it leans clockwise in the picture.</summary>
        public float RollDegrees;
    }
}
