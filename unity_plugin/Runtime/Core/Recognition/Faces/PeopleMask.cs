namespace FrameBridge
{
    /// <summary>
    /// Which part of a picture shows people. It spans the whole picture, whatever its shape;
    /// <see cref="RecognitionResult.MaskPixels"/> gives its bytes. A plain value.
    /// </summary>
    public struct PeopleMask
    {
        /// <summary>Width of the mask in pixels, at most 256; 0 if there is none.</summary>
        public int Width;

        /// <summary>Height of the mask in pixels, at most 256; 0 if there is none.</summary>
        public int Height;

        /// <summary>Share of the picture that more likely shows people than not, from 0 to 1.</summary>
        public float Coverage;
    }
}
