using System;
using System.Linq;
using NUnit.Framework;

namespace FrameBridge.Components.Tests
{
    /// <summary>Two pixels wide and three high, numbered; alpha is 200 and more.</summary>
    public sealed class TensorPixelsTests
    {
        private const int Width = 2;
        private const int Height = 3;
        private const int Size = Width * Height;

        private readonly byte[] _pixels = Enumerable.Range(0, Size)
            .SelectMany(i => new[] { (byte)i, (byte)(10 + i), (byte)(20 + i), (byte)(200 + i) }).ToArray();

        [TestCase(false, new[] { 0, 1, 2, 3, 4, 5 })]
        [TestCase(true, new[] { 4, 5, 2, 3, 0, 1 })]
        public void Pixels_become_planes_and_triples(bool flip, int[] order)
        {
            var planes = new float[3 * Size];
            var triples = new byte[3 * Size];
            TensorPixels.ToPlanes(_pixels, planes, Width, Height, flip);
            TensorPixels.ToTriples(_pixels, triples, Width, Height, flip);

            for (int channel = 0; channel < 3; channel++)
            {
                int[] expected = Array.ConvertAll(order, i => i + (10 * channel));
                Assert.That(planes.Skip(channel * Size).Take(Size), Is.EqualTo(expected.Select(one => one / 255f)));
                Assert.That(Enumerable.Range(0, Size).Select(i => (int)triples[(3 * i) + channel]), Is.EqualTo(expected));
            }
        }

        [Test]
        public void Planes_and_bytes_become_pixels_with_the_bottom_row_first([Values(1, 3, 4)] int channels)
        {
            byte[] planar = Enumerable.Range(0, channels * Size).Select(i => (byte)(10 * i)).ToArray();
            byte[] packed = Enumerable.Range(0, channels * Size).Select(i => planar[((i % channels) * Size) + (i / channels)]).ToArray();
            var pixels = new byte[4 * Size];
            var other = new byte[4 * Size];

            TensorPixels.FromPlanes(Array.ConvertAll(planar, one => one / 255f), pixels, channels, Width, Height);
            TensorPixels.FromBytes(packed, other, channels, Width, Height);

            int[] fromTop = { 4, 5, 2, 3, 0, 1 };
            byte[] expected = fromTop.SelectMany(i => Enumerable.Range(0, 4).Select(channel =>
                channel == 3 && channels < 4 ? (byte)255 : planar[(channels == 1 ? 0 : channel * Size) + i])).ToArray();
            Assert.That(pixels, Is.EqualTo(expected));
            Assert.That(other, Is.EqualTo(expected));
        }

        [Test]
        public void Numbers_outside_are_clamped()
        {
            var pixels = new byte[16];
            TensorPixels.FromPlanes(new[] { -1f, 2f, float.NaN, 0.5f }, pixels, 1, 4, 1);
            Assert.That(new[] { pixels[0], pixels[4], pixels[8], pixels[12] }, Is.EqualTo(new[] { 0, 255, 0, 128 }));
        }
    }
}
