using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>One stream of a recording: its opening, and its answers as a timeline and by request.</summary>
    internal sealed class RecordedStream
    {
        private readonly StreamKind _kind;
        private readonly AnswerIndex _indexOf;
        private readonly Dictionary<long, RecordedGroup> _byRequest = new Dictionary<long, RecordedGroup>();
        private readonly Queue<double> _asked = new Queue<double>();

        public RecordedStream(StreamKind kind, List<RecordedMessage> entries)
        {
            _kind = kind;
            _indexOf = kind.NewAnswerIndex();
            foreach (var entry in entries)
            {
                if (entry.Kind != RecordKind.Gap && entry.Stream == kind.Stream)
                {
                    AddAll(entry);
                }
            }
        }

        /// <summary>The server's first message.</summary>
        public RecordedMessage Opened { get; private set; }

        /// <summary>The server's later messages, in order.</summary>
        public List<RecordedMessage> Timeline { get; } = new List<RecordedMessage>();

        /// <summary>Answers by request, in the order of the requests.</summary>
        public List<RecordedGroup> Groups { get; } = new List<RecordedGroup>();

        /// <summary>The highest frame index of the timeline.</summary>
        public long LastIndex { get; private set; }

        /// <summary>Adds a message, or all parts of a bundle: they are played as messages of their own.</summary>
        private void AddAll(RecordedMessage entry)
        {
            var field = entry.Kind == RecordKind.Down ? _kind.AnswerBundleField : _kind.RequestBundleField;
            if (!BundleReader.Is(entry.Bytes, field))
            {
                Add(entry);
            }
            else if (BundleReader.TryOpen(entry.Bytes, field, out var bundle))
            {
                while (bundle.Next(out var part))
                {
                    Add(new RecordedMessage { Kind = entry.Kind, Stream = entry.Stream, Seconds = entry.Seconds, Bytes = part.ToArray() });
                }
            }
        }

        private void Add(RecordedMessage entry)
        {
            if (entry.Kind != RecordKind.Down)
            {
                if (entry.Kind == RecordKind.CameraGap || IsRequest(entry.Bytes))
                {
                    _asked.Enqueue(entry.Seconds);
                }

                return;
            }

            var index = _indexOf(entry.Bytes, out var opens);
            if (opens)
            {
                Opened = Opened ?? entry;
                return;
            }

            Timeline.Add(entry);
            LastIndex = System.Math.Max(LastIndex, index);
            Group(index, entry).Answers.Add(entry);
        }

        private RecordedGroup Group(long index, RecordedMessage entry)
        {
            if (!_byRequest.TryGetValue(index, out var group))
            {
                group = new RecordedGroup { Began = _asked.Count > 0 ? _asked.Dequeue() : entry.Seconds };
                _byRequest.Add(index, group);
                Groups.Add(group);
            }

            return group;
        }

        /// <summary>Whether a sent message is a request whose answers are played when the live client asks.</summary>
        private bool IsRequest(byte[] message)
        {
            var reader = new WireReader(message);
            return reader.Next() && reader.Is(_kind.RequestField, WireKind.Bytes);
        }
    }
}
