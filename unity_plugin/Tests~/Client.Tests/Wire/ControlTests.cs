using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using FrameBridge.V1;
using Google.Protobuf;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>
    /// Unary calls: our codec reads what the generated code writes and vice versa, agrees with it on truncated bytes,
    /// and never throws on damaged ones.
    /// </summary>
    public class ControlTests
    {
        private static readonly byte[] Unknown = { 0xA2, 0x06, 3, 1, 2, 3, 0xA8, 0x06, 0x96, 0x01, 0xAB, 0x06, 0x08, 0x01, 0xAC, 0x06, 0xB5, 0x06, 1, 2, 3, 4 };

        [Test]
        public void HandshakeAnswers() => ControlGenerators.Handshakes.Sample(message => Handshake(message.ToByteArray()), iter: 3000);

        [Test]
        public void ModelLists() => ControlGenerators.ModelLists.Sample(message => Models(message.ToByteArray()), iter: 2000);

        [Test]
        public void LoadedModels() => ControlGenerators.Models.Sample(
            model => Same.Models(new[] { model }, ModelMessage.ReadList(new LoadModelResponse { Model = model }.ToByteArray())), iter: 1000);

        [Test]
        public void Schemas() => ControlGenerators.Schemas.Sample(message => Schema(message.ToByteArray()), iter: 2000);

        [Test]
        public void Pings() => Gen.Select(Gen.Long, Gen.Long).Sample(
            (nonce, server) => Ping(new PingResponse { Nonce = nonce, ServerMicros = server }.ToByteArray()), iter: 1000);

        [Test]
        public void ErrorDetails() => ControlGenerators.Errors.Sample(message => Error(message.ToByteArray()), iter: 2000);

        [Test]
        public void UnknownFieldsArePassedOver() => ControlGenerators.All.Sample(
            each =>
            {
                var (handshake, models, schema, error) = each;
                Handshake(Join(handshake.ToByteArray(), Unknown));
                Models(Join(Unknown, models.ToByteArray()));
                Schema(Join(schema.ToByteArray(), Unknown));
                Error(Join(Unknown, error.ToByteArray()));
            },
            iter: 300);

        [Test]
        public void CutMessagesAreAcceptedOrRefusedAsByTheGeneratedCode() => Gen.Select(ControlGenerators.All, Gen.Double.Unit).Sample(
            (each, share) =>
            {
                var (handshake, models, schema, error) = each;
                OrRefused(HandshakeResponse.Parser, Cut(handshake, share), Handshake, bytes => HandshakeMessage.Read(bytes, new HandshakeAnswer()));
                OrRefused(ListModelsResponse.Parser, Cut(models, share), Models, bytes => ModelMessage.ReadList(bytes) != null);
                OrRefused(GetAvatarSchemaResponse.Parser, Cut(schema, share), Schema, bytes => SchemaMessage.Read(bytes) != null);
                OrRefused(ErrorDetail.Parser, Cut(error, share), Error, bytes => default(ErrorDetailMessage).Read(bytes));
            },
            iter: 2000);

        [Test]
        public void DamagedBytesNeverThrow() => Gen.Select(ControlGenerators.All, Gen.Int.Array[1, 8]).Sample(
            (each, flips) =>
            {
                var (handshake, models, schema, error) = each;
                foreach (var message in new IMessage[] { handshake, models, schema, error })
                {
                    ReadAll(Flip(message.ToByteArray(), flips));
                }
            },
            iter: 2000);

        [Test]
        public void RandomBytesNeverThrow() => Gen.Byte.Array[0, 400].Sample(ReadAll, iter: 20000);

        [Test]
        public void AHandshakeOfTwoPiecesIsMergedAsProtobufDoes() => Gen.Select(ControlGenerators.Handshakes, ControlGenerators.Handshakes).Sample(
            (one, other) => Handshake(Join(one.ToByteArray(), other.ToByteArray())), iter: 500);

        [Test]
        public void AListThatIsALieCostsNoMemory()
        {
            var models = Enumerable.Repeat(new byte[] { 0x0A, 0 }, 100_000).SelectMany(each => each).ToArray();
            Assert.That(ModelMessage.ReadList(models), Has.Count.EqualTo(ModelMessage.MostModels));
            Assert.That(SchemaMessage.Read(models).Attributes, Has.Count.EqualTo(SchemaMessage.Most));
        }

        [Test]
        public void HandshakeQuestions() => Gen.Select(ControlGenerators.Texts.Array[3], Gen.Int[0, 12].Array[0, 9], Gen.Bool, Gen.Bool).Sample(
            (texts, formats, bottomUp, bundles) =>
            {
                var question = new HandshakeQuestion
                {
                    ClientName = texts[0],
                    ClientVersion = texts[1],
                    ResumeSessionId = texts[2],
                    Formats = formats.Select(format => (FrameFormat)format).ToArray(),
                    BottomUp = bottomUp,
                    WantsBundles = bundles,
                };
                var sent = HandshakeRequest.Parser.ParseFrom(ControlRequests.Handshake(question).ToArray());
                var rows = bottomUp ? RowOrder.BottomUp : RowOrder.TopDown;
                Assert.That((sent.ClientName, sent.ClientVersion, sent.ResumeSessionId, sent.TextureRowOrder), Is.EqualTo((texts[0], texts[1], texts[2], rows)));
                Assert.That(sent.WantsBundles, Is.EqualTo(bundles));
                Assert.That((sent.Protocol.Major, sent.Protocol.Minor), Is.EqualTo((FrameBridge.ProtocolVersion.Major, FrameBridge.ProtocolVersion.Minor)));
                Assert.That(sent.TextureFormats.Select(format => (int)format), Is.EqualTo(formats));
            });

        [Test]
        public void AQuestionWithoutFormatsOrNames()
        {
            var sent = HandshakeRequest.Parser.ParseFrom(ControlRequests.Handshake(new HandshakeQuestion { ClientName = null }).ToArray());
            Assert.That((sent.ClientName, sent.TextureFormats.Count), Is.EqualTo((string.Empty, 0)));
        }

        [Test]
        public void TheOtherQuestions() => Gen.Select(ControlGenerators.Texts, Gen.Long).Sample((text, number) =>
        {
            Assert.That(EndSessionRequest.Parser.ParseFrom(ControlRequests.EndSession(text).ToArray()).SessionId, Is.EqualTo(text));
            Assert.That(LoadModelRequest.Parser.ParseFrom(ControlRequests.LoadModel(text).ToArray()).Name, Is.EqualTo(text));
            Assert.That(PingRequest.Parser.ParseFrom(ControlRequests.Ping(number).ToArray()).Nonce, Is.EqualTo(number));
        });

        [Test]
        public void ARecordedHandshakeIsReadByTheGeneratedCode() => ControlGenerators.Handshakes.Sample(
            message =>
            {
                var answer = new HandshakeAnswer();
                Assert.That(HandshakeMessage.Read(message.ToByteArray(), answer), Is.True);
                var writer = new WireWriter(8, 1024 * 1024);
                HandshakeMessage.Write(writer, answer);
                Same.Handshakes(HandshakeResponse.Parser.ParseFrom(writer.Written.ToArray()), answer);
            },
            iter: 1000);

        private static void Handshake(byte[] bytes)
        {
            var answer = new HandshakeAnswer();
            Assert.That(HandshakeMessage.Read(bytes, answer), Is.True);
            Same.Handshakes(HandshakeResponse.Parser.ParseFrom(bytes), answer);
        }

        private static void Models(byte[] bytes) => Same.Models(ListModelsResponse.Parser.ParseFrom(bytes).Models, ModelMessage.ReadList(bytes));

        private static void Schema(byte[] bytes) => Same.Schemas(GetAvatarSchemaResponse.Parser.ParseFrom(bytes), SchemaMessage.Read(bytes));

        private static void Ping(byte[] bytes)
        {
            var expected = PingResponse.Parser.ParseFrom(bytes);
            Assert.That(PingMessage.Read(bytes, out var nonce, out var server), Is.True);
            Assert.That((nonce, server), Is.EqualTo((expected.Nonce, expected.ServerMicros)));
        }

        private static void Error(byte[] bytes)
        {
            var expected = ErrorDetail.Parser.ParseFrom(bytes);
            var detail = default(ErrorDetailMessage);
            Assert.That(detail.Read(bytes), Is.True);
            Assert.That(
                ((int)detail.Reason, detail.Message, detail.Retryable, detail.RetryAfterMicros),
                Is.EqualTo(((int)expected.Reason, expected.Message, expected.Retryable, expected.RetryAfterMicros)));
        }

        private static void OrRefused<T>(MessageParser<T> parser, byte[] bytes, Action<byte[]> same, Func<byte[], bool> read)
            where T : IMessage<T>
        {
            try
            {
                parser.ParseFrom(bytes);
            }
            catch (InvalidProtocolBufferException)
            {
                Assert.That(read(bytes), Is.False);
                return;
            }

            same(bytes);
        }

        private static void ReadAll(byte[] bytes)
        {
            HandshakeMessage.Read(bytes, new HandshakeAnswer());
            ModelMessage.ReadList(bytes);
            SchemaMessage.Read(bytes);
            PingMessage.Read(bytes, out _, out _);
            var detail = default(ErrorDetailMessage);
            detail.Read(bytes);
            Assert.That(detail.Message, Is.Not.Null);
        }

        private static byte[] Cut(IMessage message, double share)
        {
            var bytes = message.ToByteArray();
            return bytes[..(int)(share * bytes.Length)];
        }

        private static byte[] Join(byte[] first, byte[] second) => first.Concat(second).ToArray();

        private static byte[] Flip(byte[] bytes, IEnumerable<int> flips)
        {
            foreach (var flip in bytes.Length == 0 ? Array.Empty<int>() : flips)
            {
                bytes[(uint)flip / 8 % bytes.Length] ^= (byte)(1 << (flip & 7));
            }

            return bytes;
        }
    }
}
