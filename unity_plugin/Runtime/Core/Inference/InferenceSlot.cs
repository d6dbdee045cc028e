using System;
using System.Threading;

namespace FrameBridge
{
    /// <summary>
    /// One asker of models, such as a camera or a character: sends tensors, receives tensors. Send on one thread and take
    /// on one thread (usually the main thread for both). Nothing here blocks, or allocates per request once buffers have
    /// their sizes.
    /// </summary>
    public sealed partial class InferenceSlot
    {
        /// <summary>The highest number of requests of a slot that are not answered yet.</summary>
        public const int MaxOpen = 8;

        private readonly InferenceStream _stream;
        private readonly WireWriter[] _messages = new WireWriter[RequestLimits.MostParts];
        private readonly OpenRequests _open = new OpenRequests(MaxOpen);
        private readonly ResultQueue _results;
        private readonly ResultAssembly _assembly = new ResultAssembly();
        private InferenceResult _assembled; // or being assembled
        private double _firstChunk;
        private int _firstBytes;
        private long _newest;
        private long _late;
        private bool _closed;

        internal InferenceSlot(InferenceStream stream, int number, bool latestOnly)
        {
            _stream = stream;
            Number = number;
            LatestOnly = latestOnly;
            _results = new ResultQueue(MaxOpen, latestOnly);
        }

        /// <summary>The slot's number in its session, from 0.</summary>
        public int Number { get; }

        /// <summary>
        /// Whether only the newest result matters: a request replaces an older one that has not started, a result one that
        /// was not taken, and an earlier result may be repeated. Else each request ends in one result.
        /// </summary>
        public bool LatestOnly { get; }

        /// <summary>Whether a request can be sent now.</summary>
        public bool CanSend => _stream.IsOpen && _stream.FreeMessages > 0 && HasRoom && _stream.HasRoom;

        /// <summary>Requests that are not answered yet.</summary>
        public int OpenCount
        {
            get
            {
                lock (_stream.Gate)
                {
                    return _open.Count;
                }
            }
        }

        private bool HasRoom => (LatestOnly ? 0 : _results.Count) + OpenCount < MaxOpen;

        /// <summary>
        /// Copies the inputs and asks a model; returns the request's index, or 0 when eight requests are unanswered (or
        /// answered and not taken), or as many of the whole stream as the server allows, the link is backed up or the
        /// stream is not open: then skip it. An answer after the budget, the model's default if it is 0, is dropped. Throws
        /// <see cref="ArgumentException"/> without a model's name or inputs, and <see cref="BridgeException"/> for more
        /// bytes than the server takes, or this client holds (64 MiB; 32 if the server does not say).
        /// </summary>
        public long TrySend(string model, TensorWriter inputs, double budgetSeconds = 0, LadderPolicy ladder = LadderPolicy.Any)
        {
            var limits = _stream.Limits;
            Check(model, inputs);
            limits.Check(inputs.ByteCount);
            if (!CanSend)
            {
                return 0;
            }

            var call = new InferenceCall
            {
                Slot = Number,
                RequestIndex = _stream.NextIndex(),
                Model = model,
                Budget = _stream.BudgetOf(budgetSeconds, ladder),
                LatestOnly = LatestOnly,
                LateCount = Interlocked.Read(ref _late),
            };
            var allowed = budgetSeconds > 0 ? budgetSeconds : _stream.DefaultBudgetOf(model);
            return Send(call, inputs, allowed, limits.PartBytes) ? call.RequestIndex : 0;
        }

        /// <summary>
        /// Takes the next result, or the newest one if only that matters. False if there is none that was not taken.
        /// </summary>
        public bool TryTakeResult(out InferenceResult result) => _results.TryTake(out result);

        /// <summary>
        /// Withdraws a request. It ends as cancelled, unless its answer is on the way. No effect on one that is answered.
        /// </summary>
        public void Cancel(long requestIndex)
        {
            lock (_stream.Gate)
            {
                var writer = !_closed && _open.Has(requestIndex) ? _stream.Outbox.Take() : null;
                if (writer != null)
                {
                    InferenceRequests.Cancel(writer, Number, requestIndex);
                    _stream.Outbox.Post(writer);
                }
            }
        }

        /// <summary>Frees the slot; its open requests are cancelled. May be called more than once.</summary>
        public void Close()
        {
            lock (_stream.Gate)
            {
                if (!_closed)
                {
                    _closed = true;
                    for (var index = _open.Oldest; index != 0; index = _open.Oldest)
                    {
                        _open.TryTake(index, out _, out _);
                    }

                    _stream.Release(this);
                }
            }
        }

        private static void Check(string model, TensorWriter inputs)
        {
            if (string.IsNullOrEmpty(model))
            {
                throw new ArgumentException("the request names no model; give one of the server's", nameof(model));
            }

            if (inputs == null || inputs.Count == 0)
            {
                throw new ArgumentException("the request has no inputs; set the model's tensors first", nameof(inputs));
            }
        }

        private bool Send(in InferenceCall call, TensorWriter inputs, double budgetSeconds, int partBytes)
        {
            var upload = _stream.Upload;
            var offset = upload?.TryWrite(call.RequestIndex, inputs) ?? -1;
            var isSent = false;
            try
            {
                var count = Write(call, inputs, offset, partBytes);
                isSent = count > 0 && Post(count, call.RequestIndex, budgetSeconds, offset < 0 ? null : upload);
                return isSent;
            }
            finally
            {
                if (!isSent)
                {
                    upload?.Free(call.RequestIndex);
                }
            }
        }

        /// <summary>Writes the request's messages; returns how many, or 0 if there are not enough buffers.</summary>
        private int Write(in InferenceCall call, TensorWriter inputs, long uploadOffset, int partBytes)
        {
            var total = uploadOffset < 0 ? inputs.ByteCount : 0;
            var needed = (int)Math.Max(1, (total + partBytes - 1) / partBytes);
            for (var i = 0; i < needed; i++)
            {
                _messages[i] = _stream.TakeMessage();
                if (_messages[i] == null)
                {
                    Return(i);
                    return 0;
                }
            }

            try
            {
                Fill(call, inputs, total, uploadOffset, partBytes);
                return needed;
            }
            catch
            {
                Return(needed);
                throw;
            }
        }

        private void Fill(in InferenceCall call, TensorWriter inputs, long total, long uploadOffset, int partBytes)
        {
            var first = (int)Math.Min(total, partBytes);
            InferenceRequests.Request(_messages[0], call, inputs, first, uploadOffset);
            if (_messages[0].Length - first > RequestLimits.FieldsBytes)
            {
                throw new BridgeException(ErrorReason.TooLarge, $"the names of the model and its inputs have more than {RequestLimits.FieldsBytes} bytes; give shorter ones");
            }

            for (long offset = partBytes; offset < total; offset += partBytes)
            {
                InferenceRequests.Part(_messages[offset / partBytes], call, inputs, offset, (int)Math.Min(total - offset, partBytes));
            }
        }

        /// <summary>
        /// Queues the request's messages, one after the other; not if the memory with its tensors is of a stream that is
        /// lost.
        /// </summary>
        private bool Post(int count, long index, double budgetSeconds, UploadMemory upload)
        {
            lock (_stream.Gate)
            {
                var isStale = upload != null && !ReferenceEquals(upload, _stream.Upload);
                if (_closed || isStale || !_stream.IsOpen || !_stream.HasRoom || !_open.TryAdd(index, Clock.Now, budgetSeconds))
                {
                    Return(count);
                    return false;
                }

                for (var i = 0; i < count; i++)
                {
                    _stream.Outbox.Post(_messages[i]); // there is a place for each; a lost stream ends the request
                }

                return true;
            }
        }

        private void Return(int count)
        {
            for (var i = 0; i < count; i++)
            {
                _messages[i].Pool.Return(_messages[i]);
            }
        }
    }
}
