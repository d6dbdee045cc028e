using System;

namespace FrameBridge
{
    /// <summary>
    /// One camera: sends pictures, receives names and boxes. Send on one thread and take on one thread (usually the
    /// main thread for both). Nothing here blocks or allocates per picture.
    /// </summary>
    public sealed class CameraSlot
    {
        private const int Writers = 3;
        private const int MostTasks = 4;
        private const int InitialBytes = 1024;
        private readonly RecognitionStream _stream;
        private readonly WriterPool _pool;
        private readonly TaskTrack _classify = new TaskTrack();
        private readonly TaskTrack _detect = new TaskTrack();
        private long _late;
        private bool _closed;

        internal CameraSlot(RecognitionStream stream, int number, int maxMessageBytes)
        {
            _stream = stream;
            Number = number;
            _pool = new WriterPool(Writers, InitialBytes, maxMessageBytes);
        }

        /// <summary>The camera's number in its session, from 0.</summary>
        public int Number { get; }

        /// <summary>Whether one of the three message buffers is free and the stream is open.</summary>
        public bool CanSend => _stream.IsOpen && _pool.FreeCount > 0;

        /// <summary>
        /// Copies a picture into a message and sends it; returns its index, or 0 when all three buffers are busy or the
        /// stream is not open: then skip the picture. <paramref name="pose"/> comes back with each answer. Throws
        /// <see cref="ArgumentException"/> for no tasks, a kind twice, or pixels that do not fit the size, and
        /// <see cref="BridgeException"/> for a picture over the server's limits.
        /// </summary>
        public long TrySend(in CameraImage image, ReadOnlySpan<byte> pixels, ReadOnlySpan<RecognitionTask> tasks, ReadOnlySpan<byte> pose = default)
        {
            CheckTasks(tasks);
            ImageCheck.Check(image, pixels.Length, pose.Length, _stream.Limits);
            var writer = _stream.IsOpen ? _pool.Take() : null;
            if (writer == null)
            {
                return 0;
            }

            var index = _stream.NextIndex();
            try
            {
                RecognitionRequests.Frame(writer, Number, index, tasks, _stream.LinkMicros, pose, _late, image, pixels);
            }
            catch
            {
                _pool.Return(writer);
                throw;
            }

            return Post(writer, index, tasks) ? index : 0;
        }

        /// <summary>Takes the newest result of a kind if it has not been taken yet.</summary>
        public bool TryTakeResult(RecognitionKind kind, out RecognitionResult result)
        {
            result = null;
            var track = Track(kind);
            return track != null && track.Results.TryTake(out result);
        }

        /// <summary>
        /// Whether an answer has arrived too late to be used since the last call, and how long the newest one took.
        /// </summary>
        internal bool TryTakeLate(RecognitionKind kind, out double elapsed)
        {
            lock (_stream.Gate)
            {
                var track = Track(kind);
                elapsed = track.LateSeconds;
                track.LateSeconds = 0;
                return elapsed > 0;
            }
        }

        /// <summary>Frees the slot. May be called more than once.</summary>
        public void Close()
        {
            lock (_stream.Gate)
            {
                if (!_closed)
                {
                    _closed = true;
                    _stream.Release(this);
                }
            }
        }

        /// <summary>Open requests will not be answered. Under the gate.</summary>
        internal void Lost()
        {
            _classify.Asks.Clear();
            _detect.Asks.Clear();
            _classify.Newest = _detect.Newest = 0;
            _late = 0;
        }

        /// <summary>A result or a status has arrived; one without a kind applies to all. Under the gate.</summary>
        internal void Receive(RecognitionMessage message, ReadOnlySpan<byte> pose, double now)
        {
            if (message.Task == RecognitionKind.Unspecified)
            {
                Receive(_classify, RecognitionKind.Classify, message, pose, now);
                Receive(_detect, RecognitionKind.Detect, message, pose, now);
            }
            else if (Track(message.Task) != null)
            {
                Receive(Track(message.Task), message.Task, message, pose, now);
            }
        }

        private static void CheckTasks(ReadOnlySpan<RecognitionTask> tasks)
        {
            if (tasks.Length == 0 || tasks.Length > MostTasks)
            {
                throw new ArgumentException($"{tasks.Length} tasks; give 1 to {MostTasks}", nameof(tasks));
            }

            for (var i = 0; i < tasks.Length; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    if (tasks[i].Kind == tasks[j].Kind)
                    {
                        throw new ArgumentException("a kind of task is given twice; ask for each once", nameof(tasks));
                    }
                }
            }
        }

        private bool Post(WireWriter writer, long index, ReadOnlySpan<RecognitionTask> tasks)
        {
            lock (_stream.Gate)
            {
                if (_closed)
                {
                    _pool.Return(writer);
                    return false;
                }

                var now = Clock.Now;
                for (var i = 0; i < tasks.Length; i++)
                {
                    Track(tasks[i].Kind)?.Asks.Add(index, now, tasks[i].BudgetSeconds);
                }

                return _stream.Outbox.Post(writer);
            }
        }

        private void Receive(TaskTrack track, RecognitionKind kind, RecognitionMessage message, ReadOnlySpan<byte> pose, double now)
        {
            if (!track.Asks.TryTake(message.FrameIndex, out var sent, out var budget))
            {
                return;
            }

            var elapsed = now - sent;
            var isAnswer = message.Kind == RecognitionMessageKind.Result;
            Measure(message, elapsed, budget, isAnswer);
            var onTime = budget <= 0 || elapsed <= budget;
            track.LateSeconds = onTime || !isAnswer ? track.LateSeconds : elapsed;
            if (message.FrameIndex > track.Newest && (onTime || !isAnswer))
            {
                track.Newest = message.FrameIndex;
                var result = track.Results.Writing;
                result.Fill(message, pose);
                result.Kind = kind;
                result.ElapsedSeconds = elapsed;
                result.BudgetSeconds = budget;
                track.Results.Publish();
            }
        }

        private void Measure(RecognitionMessage message, double elapsed, double budget, bool isAnswer)
        {
            var server = isAnswer ? message.Timing.ServerMicros : message.Outcome.Timing.ServerMicros;
            if (isAnswer || server > 0)
            {
                _stream.Link.Measure(elapsed, server / 1e6);
            }

            if (isAnswer)
            {
                var onTime = budget <= 0 || elapsed <= budget;
                _late += onTime ? 0 : 1;
                _stream.Statistics.Answered(elapsed, onTime, message.Carried ? Repetition.Carried : Repetition.None);
            }
            else
            {
                _stream.Statistics.Unanswered(message.Outcome);
            }
        }

        private TaskTrack Track(RecognitionKind kind)
        {
            switch (kind)
            {
                case RecognitionKind.Classify: return _classify;
                case RecognitionKind.Detect: return _detect;
                default: return null;
            }
        }
    }
}
