namespace FrameBridge
{
    /// <summary>One of a slot's three buffers, and the frame in it.</summary>
    internal sealed class FrameBuffer
    {
        public FrameBuffer(int bytes)
        {
            Bytes = new byte[bytes];
        }

        public byte[] Bytes;

        public TextureFrame Frame;
    }
}
