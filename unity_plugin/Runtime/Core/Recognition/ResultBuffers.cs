using System.Threading;

namespace FrameBridge
{
    /// <summary>Three results of one kind between the receiving and the reading thread; the newest wins.</summary>
    internal sealed class ResultBuffers
    {
        private const int Fresh = 4;
        private readonly RecognitionResult[] _all = { new RecognitionResult(), new RecognitionResult(), new RecognitionResult() };
        private int _writing;
        private int _shared = 1;
        private int _reading = 2;

        /// <summary>The writer's result. Receiving thread.</summary>
        public RecognitionResult Writing => _all[_writing];

        /// <summary>Hands the writer's result over and takes another. Receiving thread.</summary>
        public void Publish() => _writing = Interlocked.Exchange(ref _shared, _writing | Fresh) & ~Fresh;

        /// <summary>The newest result, if not taken yet; valid until the next call that returns one. Reading thread.</summary>
        public bool TryTake(out RecognitionResult result)
        {
            result = null;
            if ((Volatile.Read(ref _shared) & Fresh) != 0)
            {
                _reading = Interlocked.Exchange(ref _shared, _reading) & ~Fresh;
                result = _all[_reading];
            }

            return result != null;
        }
    }
}
