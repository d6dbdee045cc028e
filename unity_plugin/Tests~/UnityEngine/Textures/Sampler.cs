namespace UnityEngine
{
    /// <summary>Stands for the GPU: each pixel of the copy is the one of the source that lies at turn * place + shift.</summary>
    internal static class Sampler
    {
        internal static void Draw(Texture source, RenderTexture dest, Vector4 turn, Vector4 shift)
        {
            byte[] from = source.StubPixels;
            if (from == null || dest is null)
            {
                return;
            }

            byte[] to = dest.StubPixels;
            for (int row = 0; row < dest.height; row++)
            {
                for (int column = 0; column < dest.width; column++)
                {
                    float u = (column + 0.5f) / dest.width;
                    float v = (row + 0.5f) / dest.height;
                    int x = At((turn.x * u) + (turn.y * v) + shift.x, source.width);
                    int y = At((turn.z * u) + (turn.w * v) + shift.y, source.height);
                    System.Array.Copy(from, ((y * source.width) + x) * 4, to, ((row * dest.width) + column) * 4, 4);
                }
            }
        }

        private static int At(float place, int size) => Mathf.Clamp((int)System.Math.Floor(place * size), 0, size - 1);
    }
}
