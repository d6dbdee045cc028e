using System;

namespace FrameBridge
{
    /// <summary>
    /// One camera: sends pictures, receives names, boxes, faces and masks. Send on one thread and take on one thread (usually the
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
        private readonly TaskTrack _track = new TaskTrack();
        private readonly TaskTrack _faces = new TaskTrack();
        private readonly TaskTrack _faceMesh = new TaskTrack();
        private readonly TaskTrack _people = new TaskTrack();
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

        /// <summary>
        /// Asks where tracked objects are now, without a picture; returns the frame's index, or 0 as
        /// <see cref="TrySend"/> does. <paramref name="task"/> is a <see cref="RecognitionKind.Track"/>. The server
        /// answers at once, and refuses when it has recognised no picture of this camera in the last second; a picture
        /// whose own answer is not ready by then is superseded, and its objects are in the answers after it.
        /// </summary>
        public long TryPredict(in RecognitionTask task, ReadOnlySpan<byte> pose = default)
        {
            if (task.Kind != RecognitionKind.Track)
            {
                throw new ArgumentException("only tracks are predicted without a picture; give it RecognitionKind.Track", nameof(task));
            }

            ImageCheck.CheckPose(pose.Length, _stream.Limits);
            var writer = _stream.IsOpen ? _pool.Take() : null;
            if (writer == null)
            {
                return 0;
            }

            var index = _stream.NextIndex();
            ReadOnlySpan<RecognitionTask> tasks = stackalloc RecognitionTask[] { task };
            RecognitionRequests.Frame(writer, Number, index, tasks, _stream.LinkMicros, pose, _late);
            return Post(writer, index, tasks) ? index : 0;
        }

        /// <summary>Takes the newest result of a kind if it has not been taken yet.</summary>
        public bool TryTakeResult(RecognitionKind kind, out RecognitionResult result)
        {
            result = null;
            var state = StateOf(kind);
            return state != null && state.Results.TryTake(out result);
        }

        /// <summary>
        /// Whether an answer has arrived too late to be used since the last call, and how long the newest one took.
        /// </summary>
        internal bool TryTakeLate(RecognitionKind kind, out double elapsed)
        {
            lock (_stream.Gate)
            {
                var state = StateOf(kind);
                elapsed = state.LateSeconds;
                state.LateSeconds = 0;
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
            _classify.Lost();
            _detect.Lost();
            _track.Lost();
            _faces.Lost();
            _faceMesh.Lost();
            _people.Lost();
            _late = 0;
        }

        /// <summary>A result or a status has arrived; one without a kind applies to all. Under the gate.</summary>
        internal void Receive(RecognitionMessage message, ReadOnlySpan<byte> pose, double now)
        {
            if (message.Task == RecognitionKind.Unspecified)
            {
                Receive(_classify, RecognitionKind.Classify, message, pose, now);
                Receive(_detect, RecognitionKind.Detect, message, pose, now);
                Receive(_track, RecognitionKind.Track, message, pose, now);
                Receive(_faces, RecognitionKind.Faces, message, pose, now);
                Receive(_faceMesh, RecognitionKind.FaceMesh, message, pose, now);
                Receive(_people, RecognitionKind.People, message, pose, now);
            }
            else if (StateOf(message.Task) != null)
            {
                Receive(StateOf(message.Task), message.Task, message, pose, now);
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
                    StateOf(tasks[i].Kind)?.Asks.Add(index, now, tasks[i].BudgetSeconds);
                }

                return _stream.Outbox.Post(writer);
            }
        }

        private void Receive(TaskTrack state, RecognitionKind kind, RecognitionMessage message, ReadOnlySpan<byte> pose, double now)
        {
            if (!state.Asks.TryTake(message.FrameIndex, out var sent, out var budget))
            {
                return;
            }

            var elapsed = now - sent;
            var isAnswer = message.Kind == RecognitionMessageKind.Result;
            Measure(message, elapsed, budget, isAnswer);
            var onTime = budget <= 0 || elapsed <= budget;
            state.LateSeconds = onTime || !isAnswer ? state.LateSeconds : elapsed;
            if (message.FrameIndex > state.Newest && (onTime || !isAnswer))
            {
                state.Newest = message.FrameIndex;
                var result = state.Results.Writing;
                result.Fill(message, pose);
                result.Kind = kind;
                result.ElapsedSeconds = elapsed;
                result.BudgetSeconds = budget;
                state.Results.Publish();
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

        private TaskTrack StateOf(RecognitionKind kind)
        {
            switch (kind)
            {
                case RecognitionKind.Classify: return _classify;
                case RecognitionKind.Detect: return _detect;
                case RecognitionKind.Track: return _track;
                case RecognitionKind.Faces: return _faces;
                case RecognitionKind.FaceMesh: return _faceMesh;
                case RecognitionKind.People: return _people;
                default: return null;
            }
        }
    }
}
