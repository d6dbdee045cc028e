using System.Collections.Generic;
using System.Linq;
using CsCheck;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Ranges of the upload memory.</summary>
    public class UploadRangesTests
    {
        private const long End = 4096;

        [Test]
        public void NoTwoOpenRequestsShareBytes() => Gen.Select(Gen.Int[0, 12], Gen.Long[1, 1500]).Array[1, 100].Sample(steps =>
        {
            var ranges = new UploadRanges(16, End);
            var taken = new Dictionary<long, (long Start, long End)>();
            foreach (var (request, bytes) in steps)
            {
                ranges.Free(request);
                taken.Remove(request);
                var start = ranges.Take(request, bytes);
                if (start >= 0)
                {
                    Assert.That(start >= 16 && start % 64 == 0 && start + bytes <= End);
                    Assert.That(taken.Values.All(other => start >= other.End || start + bytes <= other.Start));
                    taken.Add(request, (start, start + bytes));
                }
                else
                {
                    var starts = Enumerable.Range(1, 63).Select(line => line * 64L).Where(each => each + bytes <= End);
                    Assert.That(starts.All(each => taken.Values.Any(other => each < other.End && other.Start < each + bytes)), "there is no room");
                }

                Assert.That(ranges.Count, Is.EqualTo(taken.Count));
            }
        });

        [Test]
        public void AFreedRangeIsUsedAgain()
        {
            var ranges = new UploadRanges(16, End);
            Assert.That((ranges.Take(1, 1000), ranges.Take(2, 1000), ranges.Take(3, 1000)), Is.EqualTo((64L, 1088L, 2112L)));
            Assert.That(ranges.Take(4, 1000), Is.EqualTo(-1), "full");
            ranges.Free(2);
            Assert.That((ranges.Take(5, 1025), ranges.Take(6, 1024), ranges.Take(7, 900)), Is.EqualTo((-1L, 1088L, 3136L)));
            Assert.That(ranges.Take(8, 1), Is.EqualTo(-1), "no whole line is left");
        }

        [Test]
        public void TheyAreLimited()
        {
            var ranges = new UploadRanges(16, 1 << 20);
            Assert.That(Enumerable.Range(1, 100).Count(index => ranges.Take(index, 1) >= 0), Is.EqualTo(UploadRanges.MaxRanges));
        }
    }
}
