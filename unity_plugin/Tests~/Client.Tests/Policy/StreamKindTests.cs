using System;
using System.Linq;
using FrameBridge.V1;
using Google.Protobuf.Reflection;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>The table of streams matches the contract, and no stream is mistaken for another.</summary>
    public class StreamKindTests
    {
        private static readonly ServiceDescriptor[] Services =
            new[] { AvatarReflection.Descriptor, DialogueReflection.Descriptor, RecognitionReflection.Descriptor, InferenceReflection.Descriptor }
                .SelectMany(file => file.Services)
                .ToArray();

        [Test]
        public void EveryStreamIsInTheTableAtItsNumber()
        {
            var numbers = Enum.GetValues(typeof(BridgeStream)).Cast<BridgeStream>().ToArray();
            Assert.That(StreamKind.All.ToArray().Select(kind => kind.Stream), Is.EqualTo(numbers));
            Assert.That(numbers.Select(stream => StreamKind.Of(stream).Stream), Is.EqualTo(numbers));
        }

        [Test]
        public void EveryStreamOfTheContractIsInTheTable()
        {
            var streams = Services.SelectMany(service => service.Methods).Where(method => method.IsClientStreaming);
            Assert.That(
                StreamKind.All.ToArray().Select(kind => kind.Service + "/" + kind.Method),
                Is.EquivalentTo(streams.Select(method => method.Service.FullName + "/" + method.Name)));
        }

        [Test]
        public void TheFieldsAreThoseOfTheContract()
        {
            foreach (var kind in StreamKind.All)
            {
                var method = Services.Single(service => service.FullName == kind.Service).FindMethodByName(kind.Method);
                Assert.That(method.OutputType.FindFieldByNumber(kind.OpenedField).Name, Is.EqualTo("opened"));
                Assert.That(method.InputType.FindFieldByNumber(kind.RequestBundleField).Name, Is.EqualTo("bundle"));
                Assert.That(method.OutputType.FindFieldByNumber(kind.AnswerBundleField).Name, Is.EqualTo("bundle"));
                var request = kind.RequestField == 0 ? null : method.InputType.FindFieldByNumber(kind.RequestField).Name;
                Assert.That(request, Is.EqualTo(RequestOf(kind.Stream)));
                Assert.That(kind.Renumber == null, Is.EqualTo(kind.RequestField == 0));
                var hasImage = request != null && method.InputType.FindFieldByName(request).MessageType.FindFieldByName("image") != null;
                var payload = method.InputType.FindFieldByName("payload");
                Assert.That(kind.RequestsArePictures, Is.EqualTo(hasImage || payload != null));
                Assert.That(kind.PartField, Is.EqualTo(method.InputType.FindFieldByName("part")?.FieldNumber ?? 0));
            }
        }

        private static string RequestOf(BridgeStream stream)
        {
            switch (stream)
            {
                case BridgeStream.Avatar: return null;
                case BridgeStream.Dialogue: return "say";
                case BridgeStream.Recognition: return "frame";
                default: return "request";
            }
        }

        [Test]
        public void AnotherStreamIsRefused([Values(-1, 4, 255)] int number)
        {
            Assert.That(StreamKind.IsKnown((BridgeStream)number), Is.False);
            Assert.That(() => StreamKind.Of((BridgeStream)number), Throws.TypeOf<ArgumentOutOfRangeException>());
        }

        [Test]
        public void EveryCapabilityWithAStreamHasStatistics()
        {
            var statistics = new BridgeStatistics();
            foreach (var kind in StreamKind.All)
            {
                Assert.That(statistics.Of(kind.Capability), Is.Not.Null);
            }

            Assert.That(statistics.Of(FrameBridge.Capability.Recognition), Is.SameAs(statistics.Recognition));
            Assert.That(() => statistics.Of(FrameBridge.Capability.Unspecified), Throws.TypeOf<ArgumentOutOfRangeException>());
        }
    }
}
