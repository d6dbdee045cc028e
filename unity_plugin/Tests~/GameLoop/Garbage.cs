using System;
using System.Threading;
using Grpc.Core;

namespace FrameBridge.GameLoop
{
    /// <summary>
    /// Bytes allocated on the thread inside our code: the PlayerLoop step and the bodies of the marshallers. Any
    /// thread; allocates none itself.
    /// </summary>
    internal sealed class Garbage
    {
        private long _step;
        private long _serialise;
        private long _deserialise;
        private long _steps;
        private long _sent;
        private long _received;
        private object _kept; // so that the allocation is not optimised away
        private long _before; // main thread only

        internal long Step => Volatile.Read(ref _step);

        internal long InSerialiser => Volatile.Read(ref _serialise);

        internal long InDeserialiser => Volatile.Read(ref _deserialise);

        internal long Steps => Volatile.Read(ref _steps);

        internal long Sent => Volatile.Read(ref _sent);

        internal long Received => Volatile.Read(ref _received);

        /// <summary>Bytes counted for a body that allocates: 0 would mean that counting does not work.</summary>
        internal long CountOne()
        {
            Reset();
            Serialise<object>((_, _) => _kept = new object(), null, null);
            long counted = InSerialiser;
            Reset();
            return counted;
        }

        /// <summary>Resets the count.</summary>
        internal void Reset()
        {
            _step = _serialise = _deserialise = _steps = _sent = _received = 0;
            Thread.MemoryBarrier();
        }

        /// <summary>For PlayerLoop.StubAround.</summary>
        internal void Around(Type system, bool begins)
        {
            if (begins)
            {
                _before = GC.GetAllocatedBytesForCurrentThread();
                return;
            }

            _step += GC.GetAllocatedBytesForCurrentThread() - _before;
            _steps += system == typeof(BridgeLoop) ? 1 : 0; // the end of the update is part of the same frame
        }

        internal void Serialise<T>(Action<T, SerializationContext> body, T value, SerializationContext context)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            body(value, context);
            Interlocked.Add(ref _serialise, GC.GetAllocatedBytesForCurrentThread() - before);
            Interlocked.Increment(ref _sent);
        }

        internal T Deserialise<T>(Func<DeserializationContext, T> body, DeserializationContext context)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            T message = body(context);
            Interlocked.Add(ref _deserialise, GC.GetAllocatedBytesForCurrentThread() - before);
            Interlocked.Increment(ref _received);
            return message;
        }
    }
}
