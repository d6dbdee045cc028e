using System.Collections.Generic;
using System.Linq;
using CsCheck;
using FrameBridge.V1;
using Google.Protobuf;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Parts come out as the generated code has put them in; what breaks the contract is refused as a whole.</summary>
    public class BundleReaderTests
    {
        private const int Field = 4; // of a StreamAvatarResponse

        [Test]
        public void PartsAreThoseOfTheGeneratedCode() => Gen.Byte.Array[0, 300].Array[1, BundleReader.MostParts].Sample(
            parts => Assert.That(Parts(Bundle(parts)), Is.EqualTo(parts)), iter: 500);

        [Test]
        public void AMessageThatIsNoBundleIsNotTakenForOne() => Generators.AvatarResponses.Sample(
            message => Assert.That(BundleReader.Is(message.ToByteArray(), Field), Is.False));

        [TestCase(0)]
        [TestCase(BundleReader.MostParts + 1)]
        [TestCase(100_000)]
        public void TooManyPartsOrNoneAreRefused(int count) =>
            Assert.That(Parts(Bundle(Enumerable.Repeat(new byte[1], count).ToArray())), Is.Null);

        [Test]
        public void WhatStandsBesideABundleIsRefused()
        {
            var bundle = Bundle(new[] { new byte[] { 1 } });
            Assert.That(Parts(bundle.Concat(new byte[] { 0x78, 0x01 }).ToArray()), Is.Null);
            Assert.That(Parts(bundle.Concat(bundle).ToArray()), Is.Null);
        }

        [Test]
        public void UnknownFieldsOfABundleArePassedOver()
        {
            var inner = new Bundle { Parts = { ByteString.CopyFrom(7) } }.ToByteArray();
            var body = new byte[] { 0x78, 0x05 }.Concat(inner).Concat(new byte[] { 0x12, 0x01, 0x09 }).ToArray();
            var message = new byte[] { Field << 3 | WireKind.Bytes, (byte)body.Length }.Concat(body).ToArray();
            Assert.That(Parts(message), Is.EqualTo(new[] { new byte[] { 7 } }));
        }

        [Test]
        public void CutBundlesAreRefused() => Gen.Select(Gen.Byte.Array[1, 40].Array[1, 10], Gen.Double.Unit).Sample(
            (parts, share) =>
            {
                var whole = Bundle(parts);
                Assert.That(Parts(whole[..(int)(share * whole.Length)]), Is.Null);
            });

        [Test]
        public void RandomBytesNeverThrow() => Gen.Byte.Array[0, 300].Sample(
            bytes => Parts(new byte[] { Field << 3 | WireKind.Bytes }.Concat(bytes).ToArray()), iter: 20000);

        private static byte[] Bundle(byte[][] parts)
        {
            var bundle = new Bundle();
            bundle.Parts.AddRange(parts.Select(part => ByteString.CopyFrom(part)));
            return new StreamAvatarResponse { Bundle = bundle }.ToByteArray();
        }

        private static List<byte[]> Parts(byte[] message)
        {
            if (!BundleReader.TryOpen(message, Field, out var bundle))
            {
                return null;
            }

            var parts = new List<byte[]>();
            while (bundle.Next(out var part))
            {
                parts.Add(part.ToArray());
            }

            Assert.That(parts, Has.Count.EqualTo(bundle.Count));
            return parts;
        }
    }
}
