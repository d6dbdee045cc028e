using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// One stream of a recording being played. Avatar frames follow the recorded clock; turns and results come when the
    /// live client asks, from the next recorded request each time.
    /// </summary>
    internal sealed class ReplayCall : IBridgeCall
    {
        private const int MaxWaiting = 65536;
        private readonly RecordedStream _recorded;
        private readonly StreamKind _kind;
        private readonly IMessageReader _reader;
        private readonly double _speed;
        private readonly bool _loop;
        private readonly CancellationTokenSource _end;
        private readonly object _gate = new object();
        private readonly List<(double Due, byte[] Bytes)> _waiting = new List<(double, byte[])>();
        private readonly Dictionary<string, int> _spoken = new Dictionary<string, int>(); // groups, by conversation
        private TaskCompletionSource<bool> _arrived = NewSignal();
        private int _next;
        private int _round;
        private double _began;
        private bool _greeted;

        public ReplayCall(RecordedStream recorded, StreamKind kind, IMessageReader reader, double speed, bool loop, CancellationToken cancellation)
        {
            _recorded = recorded;
            _kind = kind;
            _reader = reader;
            _speed = speed;
            _loop = loop;
            _end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        }

        public Task WriteAsync(ReadOnlyMemory<byte> message)
        {
            lock (_gate)
            {
                if (!_greeted)
                {
                    _greeted = true;
                    _began = Clock.Now;
                    Put(_began, _recorded.Opened?.Bytes ?? OpenedBytes());
                }
                else if (_kind.RequestField != 0)
                {
                    Answer(message.Span);
                }
            }

            return Task.CompletedTask;
        }

        public async Task<bool> ReadAsync()
        {
            while (true)
            {
                var pause = TakeDue(out var message, out var arrived);
                if (message != null)
                {
                    _reader.Read(new ReadOnlySequence<byte>(message));
                    return true;
                }

                await WaitAsync(arrived, pause).ConfigureAwait(false);
            }
        }

        public void Dispose()
        {
            _end.Cancel();
        }

        private static TaskCompletionSource<bool> NewSignal() =>
            new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);

        private async Task WaitAsync(Task arrived, double pause)
        {
            using (var enough = CancellationTokenSource.CreateLinkedTokenSource(_end.Token))
            {
                var span = pause < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(Math.Min(pause, 3600));
                await Task.WhenAny(arrived, Task.Delay(span, enough.Token)).ConfigureAwait(false);
                enough.Cancel();
            }

            _end.Token.ThrowIfCancellationRequested();
        }

        /// <summary>A message that is due; else the seconds to wait, or -1 to wait for a request.</summary>
        private double TakeDue(out byte[] message, out Task arrived)
        {
            lock (_gate)
            {
                message = null;
                arrived = _arrived.Task;
                GoOn();
                if (_waiting.Count == 0)
                {
                    return -1;
                }

                var pause = _waiting[0].Due - Clock.Now;
                if (pause <= 0)
                {
                    message = _waiting[0].Bytes;
                    _waiting.RemoveAt(0);
                }

                return pause;
            }
        }

        /// <summary>Takes the next message of the timeline when none is queued.</summary>
        private void GoOn()
        {
            if (_kind.RequestField != 0 || !_greeted || _waiting.Count > 0 || _recorded.Timeline.Count == 0)
            {
                return;
            }

            if (_next == _recorded.Timeline.Count && _loop)
            {
                _next = 0;
                _round++;
                _began = Clock.Now;
            }

            if (_next < _recorded.Timeline.Count)
            {
                var entry = _recorded.Timeline[_next++];
                var start = _round == 0 && _recorded.Opened != null ? _recorded.Opened.Seconds : _recorded.Timeline[0].Seconds;
                Put(_began + ((entry.Seconds - start) / _speed), Shifted(entry.Bytes));
            }
        }

        private byte[] Shifted(byte[] message)
        {
            if (_round == 0)
            {
                return message;
            }

            var index = Renumbering.IndexIn(message);
            return index == 0 ? message : Renumbering.Indexed(message, -1, index + (_round * _recorded.LastIndex));
        }

        private void Answer(ReadOnlySpan<byte> request)
        {
            var outer = new WireReader(request);
            if (!outer.Next() || !outer.Is(_kind.RequestField, WireKind.Bytes) || _recorded.Groups.Count == 0 || _waiting.Count > MaxWaiting)
            {
                return;
            }

            var inner = outer.Bytes();
            var group = NextGroup(inner);
            var now = Clock.Now;
            foreach (var entry in group.Answers)
            {
                Put(now + ((entry.Seconds - group.Began) / _speed), _kind.Renumber(entry.Bytes, inner));
            }
        }

        /// <summary>The next recorded answers: of the same conversation, if the recording has it, so that nobody says another's words.</summary>
        private RecordedGroup NextGroup(ReadOnlySpan<byte> request)
        {
            var groups = _recorded.Groups;
            var name = _kind.HasConversations ? Renumbering.TextIn(request) : string.Empty;
            _spoken.TryGetValue(name, out var from);
            for (var i = 0; name.Length > 0 && i < groups.Count; i++)
            {
                var at = (from + i) % groups.Count;
                if (groups[at].Answers.Count > 0 && Renumbering.TextIn(groups[at].Answers[0].Bytes) == name)
                {
                    _spoken[name] = at + 1;
                    return groups[at];
                }
            }

            return groups[_next++ % groups.Count];
        }

        private void Put(double due, byte[] message)
        {
            var at = _waiting.Count;
            while (at > 0 && _waiting[at - 1].Due > due)
            {
                at--;
            }

            _waiting.Insert(at, (due, message));
            var arrived = _arrived;
            _arrived = NewSignal();
            arrived.TrySetResult(true);
        }

        /// <summary>An `opened` without kept state, for a recording that has lost its own.</summary>
        private byte[] OpenedBytes()
        {
            var writer = new WireWriter(16, 16);
            writer.Close(_kind.OpenedField, 0);
            return writer.Written.ToArray();
        }
    }
}
