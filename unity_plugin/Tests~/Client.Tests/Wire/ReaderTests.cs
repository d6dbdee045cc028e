using System;
using CsCheck;
using FrameBridge.V1;
using Google.Protobuf;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Our readers read what the generated code writes, and agree with it on damaged bytes.</summary>
    public class ReaderTests
    {
        private static readonly byte[] Unknown = { 0xA2, 0x06, 3, 1, 2, 3, 0xA8, 0x06, 0x96, 0x01, 0xAB, 0x06, 0x08, 0x01, 0xAC, 0x06, 0xB5, 0x06, 1, 2, 3, 4 };

        [Test]
        public void AvatarMessagesAreReadAsTheGeneratedCodeReadsThem() =>
            Generators.AvatarResponses.Sample(message => Avatar(message.ToByteArray()), iter: 3000);

        [Test]
        public void DialogueMessagesAreReadAsTheGeneratedCodeReadsThem() =>
            Generators.DialogueResponses.Sample(message => Dialogue(message.ToByteArray()), iter: 3000);

        [Test]
        public void RecognitionMessagesAreReadAsTheGeneratedCodeReadsThem() =>
            Generators.RecognitionResponses.Sample(message => Recognition(message.ToByteArray()), iter: 1000);

        [Test]
        public void UnknownFieldsArePassedOver()
        {
            Generators.AvatarResponses.Sample(message => Avatar(Join(message.ToByteArray(), Unknown)), iter: 300);
            Generators.DialogueResponses.Sample(message => Dialogue(Join(Unknown, message.ToByteArray())), iter: 300);
            Generators.RecognitionResponses.Sample(message => Recognition(Join(message.ToByteArray(), Unknown)), iter: 300);
        }

        [Test]
        public void TruncatedMessagesAreAcceptedOrRefusedAsByTheGeneratedCode() =>
            Gen.Select(Generators.AvatarResponses, Generators.DialogueResponses, Generators.RecognitionResponses, Gen.Double.Unit).Sample(
                (avatar, dialogue, recognition, share) =>
                {
                    AvatarOrRefused(Cut(avatar.ToByteArray(), share));
                    DialogueOrRefused(Cut(dialogue.ToByteArray(), share));
                    RecognitionOrRefused(Cut(recognition.ToByteArray(), share));
                },
                iter: 2000);

        [Test]
        public void MessagesWithFlippedBitsNeverThrow() =>
            Gen.Select(Generators.AvatarResponses, Generators.DialogueResponses, Generators.RecognitionResponses, Gen.Int.Array[1, 8]).Sample(
                (avatar, dialogue, recognition, flips) =>
                {
                    ReadAll(Flip(avatar.ToByteArray(), flips));
                    ReadAll(Flip(dialogue.ToByteArray(), flips));
                    ReadAll(Flip(recognition.ToByteArray(), flips));
                },
                iter: 3000);

        [Test]
        public void RandomBytesNeverThrow() => Gen.Byte.Array[0, 400].Sample(bytes => ReadAll(bytes), iter: 20000);

        [Test]
        public void OfTwoKindsInOneMessageTheLastCounts()
        {
            var status = new StreamAvatarResponse { Status = new AvatarStatus { Slot = 3, FrameIndex = 9 } }.ToByteArray();
            var frame = new StreamAvatarResponse { Frame = new V1.TextureFrame { Slot = 4, Payload = ByteString.CopyFrom(1, 2) } }.ToByteArray();
            Avatar(Join(status, frame));
            Avatar(Join(frame, status));
        }

        [Test]
        public void PackedNumbersAreReadWrittenEitherWay()
        {
            var message = Reused<AvatarMessage>.One;
            Assert.That(message.Read(new byte[] { 0x0A, 7, 0x08, 5, 0x0A, 2, 6, 7, 0x10, 0x0A, 0 }, out _), Is.False);
            Assert.That(message.Read(new byte[] { 0x0A, 6, 0x08, 5, 0x0A, 2, 6, 7 }, out _), Is.True);
            Assert.That(message.Slots[..message.SlotCount], Is.EqualTo(new[] { 5, 6, 7 }));
        }

        [Test]
        public void ALengthThatIsALieCostsNothing()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var refused = !new WireReaderProbe().Walk(new byte[] { 0x1A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 1 });
            Assert.That(refused);
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(4096));
        }

        private static void Avatar(byte[] bytes)
        {
            var message = Reused<AvatarMessage>.One;
            Assert.That(message.Read(bytes, out var payload), Is.True);
            Same.Avatar(StreamAvatarResponse.Parser.ParseFrom(bytes), message, payload);
        }

        private static void Dialogue(byte[] bytes)
        {
            var message = Reused<DialogueMessage>.One;
            Assert.That(message.Read(bytes), Is.True);
            Same.Dialogue(ConverseResponse.Parser.ParseFrom(bytes), message);
        }

        private static void Recognition(byte[] bytes)
        {
            var message = Reused<RecognitionMessage>.One;
            Assert.That(message.Read(bytes, out var pose), Is.True);
            Same.Recognition(RecognizeResponse.Parser.ParseFrom(bytes), message, pose);
        }

        private static void AvatarOrRefused(byte[] bytes)
        {
            if (Parses(StreamAvatarResponse.Parser, bytes))
            {
                Avatar(bytes);
            }
            else
            {
                Assert.That(Reused<AvatarMessage>.One.Read(bytes, out _), Is.False);
            }
        }

        private static void DialogueOrRefused(byte[] bytes)
        {
            if (Parses(ConverseResponse.Parser, bytes))
            {
                Dialogue(bytes);
            }
            else
            {
                Assert.That(Reused<DialogueMessage>.One.Read(bytes), Is.False);
            }
        }

        private static void RecognitionOrRefused(byte[] bytes)
        {
            if (Parses(RecognizeResponse.Parser, bytes))
            {
                Recognition(bytes);
            }
            else
            {
                Assert.That(Reused<RecognitionMessage>.One.Read(bytes, out _), Is.False);
            }
        }

        private static bool Parses<T>(MessageParser<T> parser, byte[] bytes)
            where T : IMessage<T>
        {
            try
            {
                parser.ParseFrom(bytes);
                return true;
            }
            catch (InvalidProtocolBufferException)
            {
                return false;
            }
        }

        private static void ReadAll(byte[] bytes)
        {
            Reused<AvatarMessage>.One.Read(bytes, out _);
            Reused<DialogueMessage>.One.Read(bytes);
            Reused<RecognitionMessage>.One.Read(bytes, out _);
            Renumbering.Indexed(bytes, 1, 2);
            Renumbering.OfTurn(bytes, "x", 2);
        }

        private static byte[] Cut(byte[] bytes, double share) => bytes[..(int)(share * bytes.Length)];

        private static byte[] Join(byte[] first, byte[] second)
        {
            var both = new byte[first.Length + second.Length];
            first.CopyTo(both, 0);
            second.CopyTo(both, first.Length);
            return both;
        }

        private static byte[] Flip(byte[] bytes, int[] flips)
        {
            foreach (var flip in flips)
            {
                if (bytes.Length > 0)
                {
                    bytes[(uint)flip / 8 % bytes.Length] ^= (byte)(1 << (flip & 7));
                }
            }

            return bytes;
        }
    }
}
