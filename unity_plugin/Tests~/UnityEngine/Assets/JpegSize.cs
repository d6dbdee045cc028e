using System.IO;

namespace UnityEngine.Stub
{
    /// <summary>Width and height of a JPEG file, from its frame header.</summary>
    internal readonly struct JpegSize
    {
        internal readonly int Width;
        internal readonly int Height;

        private JpegSize(int width, int height)
        {
            Width = width;
            Height = height;
        }

        internal static JpegSize Read(byte[] file)
        {
            for (int at = 2; at + 9 < file.Length; at += 2 + Two(file, at + 2))
            {
                int marker = file[at + 1];
                bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
                if (frame)
                {
                    return new JpegSize(Two(file, at + 7), Two(file, at + 5));
                }
            }

            throw new InvalidDataException("no JPEG file");
        }

        private static int Two(byte[] file, int at) => (file[at] << 8) | file[at + 1];
    }
}
