using NUnit.Framework;
using UnityEngine;

namespace FrameBridge.Tests
{
    /// <summary>Points of a picture in the world.</summary>
    public sealed class CapturePoseTests
    {
        private static readonly CapturePose Ahead = new CapturePose
        {
            Position = new Vector3(1f, 2f, 3f),
            Rotation = Quaternion.identity,
            FieldOfView = 90f,
            Aspect = 2f,
        };

        [Test]
        public void TheMiddleIsStraightAhead() => AreNear(new Vector3(1f, 2f, 7f), Ahead.PointAt(0.5f, 0.5f, 4f));

        [Test]
        public void TheTopLeftCornerIsUpAndLeft() => AreNear(new Vector3(-7f, 6f, 7f), Ahead.PointAt(0f, 0f, 4f));

        [Test]
        public void BytesThatAreNoPoseAreNone() => Assert.That(CapturePose.TryRead(new byte[7], out _), Is.False);

        private static void AreNear(Vector3 expected, Vector3 actual)
        {
            Assert.That(actual.x, Is.EqualTo(expected.x).Within(1e-4f));
            Assert.That(actual.y, Is.EqualTo(expected.y).Within(1e-4f));
            Assert.That(actual.z, Is.EqualTo(expected.z).Within(1e-4f));
        }
    }
}
