using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using FrameBridge.V1;
using Google.Protobuf;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Tensors that go up through memory shared with the server.</summary>
    public class UploadTests : InferenceFixture
    {
        private const int Size = 256 * 1024;
        private const int Large = 100_000;
        private readonly byte[] _key = Enumerable.Range(1, 16).Select(i => (byte)i).ToArray();
        private string _path;
        private string _other;

        [SetUp]
        public void MakeFile()
        {
            _other = null;
            _path = Path.Combine(Path.GetTempPath(), "framebridge-" + Path.GetRandomFileName());
            File.WriteAllBytes(_path, _key.Concat(new byte[Size - _key.Length]).ToArray());
        }

        [TearDown]
        public void DropFile() => Array.ForEach(new[] { _path, _other }, path => File.Delete(path ?? _path));

        [Test]
        public async Task ALargeTensorIsWrittenThere()
        {
            var slot = Client.Inference.OpenSlot(latestOnly: false);
            var call = await Opened(upload: Offer());
            Assert.That(Client.Inference.UsesUploadMemory, Is.True);
            var first = Send(slot, 1);
            var second = Send(slot, 2);
            var heard = await Heard(call, InferRequest.MessageOneofCase.Request, 2);
            Assert.That(heard.Select(one => (one.Payload.Length, one.Request.TotalBytes)), Is.EqualTo(new[] { (0, Large + 8L), (0, Large + 8L) }));
            Assert.That(Enumerable.Range(0, 2).Select(i => Written(heard[i]).Skip(8).All(one => one == i + 1)), Is.All.True);
            Assert.That(Written(heard[0]).Take(8), Is.EqualTo(new[] { 1f, 2f }.SelectMany(BitConverter.GetBytes)));
            Assert.That(File.ReadAllBytes(_path).Take(16), Is.EqualTo(_key), "the key is left alone");
            Assert.That((Client.Inference.Upload.Count, first > 0, second > first), Is.EqualTo((2, true, true)));
        }

        [Test]
        public async Task ARangeIsUsedAgainOnceItsRequestIsAnswered()
        {
            var slot = Client.Inference.OpenSlot(latestOnly: false);
            var call = await Opened(upload: Offer());
            var sent = new[] { Send(slot, 1), Send(slot, 2), Send(slot, 3) };
            var heard = await Heard(call, InferRequest.MessageOneofCase.Request, 3);
            Assert.That(heard.Select(one => one.Payload.Length), Is.EqualTo(new[] { 0, 0, Large + 8 }), "the third has no room and goes over the wire");
            Answer(call, slot.Number, sent[0], new[] { 1f });
            Refuse(call, slot.Number, sent[1], V1.Disposition.Refused, V1.ErrorReason.Overloaded);
            await Taken(slot);
            await Taken(slot);
            Assert.That(Client.Inference.Upload.Count, Is.Zero);
            Send(slot, 4);
            var again = (await Heard(call, InferRequest.MessageOneofCase.Request, 4))[3];
            Assert.That((again.Payload.Length, again.Request.Upload.OffsetBytes), Is.EqualTo((0, heard[0].Request.Upload.OffsetBytes)));
        }

        [Test]
        public async Task ASmallTensorGoesOverTheWire()
        {
            var slot = Client.Inference.OpenSlot();
            var call = await Opened(upload: Offer());
            slot.TrySend("style", Inputs);
            Assert.That((await Heard(call, InferRequest.MessageOneofCase.Request))[0].Payload.Length, Is.EqualTo(8));
        }

        [TestCase("no file")]
        [TestCase("another key")]
        [TestCase("too short")]
        [TestCase("too long")]
        [TestCase("no key")]
        [TestCase("another file")]
        [TestCase("a link")]
        public async Task WithoutTheMemoryTensorsGoOverTheWire(string what)
        {
            var offer = Offer();
            switch (what)
            {
                case "no file": offer.Path += ".other"; break;
                case "another key": offer.Key = ByteString.CopyFrom(new byte[16]); break;
                case "too short": offer.SizeBytes = Size + 1; break;
                case "too long": offer.SizeBytes = Size - 1; break;
                case "another file": offer.Path = Renamed("save.game", File.Move); break;
                case "a link": offer.Path = Renamed("framebridge-link", (from, to) => File.CreateSymbolicLink(to, from)); break;
                default: offer.Key = ByteString.Empty; break;
            }

            var slot = Client.Inference.OpenSlot();
            var call = await Opened(upload: offer);
            Assert.That(Client.Inference.UsesUploadMemory, Is.False);
            Send(slot, 1);
            Assert.That((await Heard(call, InferRequest.MessageOneofCase.Request))[0].Payload.Length, Is.EqualTo(Large + 8));
            Assert.That(File.ReadAllBytes(File.Exists(_path) ? _path : offer.Path).Skip(_key.Length), Is.All.Zero, "nothing was written");
        }

        [Test]
        public async Task ALostConnectionTakesItsMemoryAlong()
        {
            var slot = Client.Inference.OpenSlot();
            var call = await Opened(upload: Offer());
            Send(slot, 1);
            await Heard(call, InferRequest.MessageOneofCase.Request);
            call.Break();
            var next = await Opened(call);
            Assert.That(Client.Inference.UsesUploadMemory, Is.False);
            Send(slot, 2);
            Assert.That((await Heard(next, InferRequest.MessageOneofCase.Request))[0].Payload.Length, Is.EqualTo(Large + 8));
        }

        [Test]
        public async Task AClosedClientUnmapsIt()
        {
            var slot = Client.Inference.OpenSlot();
            var call = await Opened(upload: Offer());
            Send(slot, 1);
            await Heard(call, InferRequest.MessageOneofCase.Request);
            if (File.Exists("/proc/self/maps"))
            {
                Assert.That(File.ReadAllText("/proc/self/maps"), Does.Contain(_path));
                Client.Close();
                await Expect.Until(() => !File.ReadAllText("/proc/self/maps").Contains(_path), "unmapped");
            }

            Client.Close();
            Assert.That((Client.Inference.UsesUploadMemory, slot.TrySend("style", Inputs)), Is.EqualTo((false, 0L)));
        }

        private string Renamed(string name, Action<string, string> make)
        {
            _other = Path.Combine(Path.GetTempPath(), name + "-" + Path.GetRandomFileName());
            make(_path, _other);
            return _other;
        }

        private SharedMemory Offer() => new SharedMemory { Path = _path, SizeBytes = Size, Key = ByteString.CopyFrom(_key) };

        private long Send(InferenceSlot slot, byte value)
        {
            Inputs.Prepare<byte>("y", new[] { Large }).Fill(value);
            return slot.TrySend("style", Inputs);
        }

        private byte[] Written(InferRequest message) =>
            File.ReadAllBytes(_path).Skip((int)message.Request.Upload.OffsetBytes).Take((int)message.Request.TotalBytes).ToArray();
    }
}
