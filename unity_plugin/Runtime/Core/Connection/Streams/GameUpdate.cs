using System;
using System.Threading;

namespace FrameBridge
{
    /// <summary>
    /// Whether the game's update runs, and how long its frames take. Begun and ended on the main thread, read on any. A
    /// program without a game loop never begins one, and nothing waits there. Time is an argument.
    /// </summary>
    internal sealed class GameUpdate
    {
        private const double LongestSeconds = 1; // a longer frame, as at a scene's start, says nothing about the next
        private const double UnevenFrames = 1.5;
        private const double Weight = 0.125; // of the newest frame
        private volatile bool _isRunning;
        private double _began;
        private double _frameSeconds;

        /// <summary>Whether an update runs now.</summary>
        public bool IsRunning => _isRunning;

        /// <summary>From one update to the next, in seconds, smoothed; 0 until there were two.</summary>
        public double FrameSeconds => Volatile.Read(ref _frameSeconds);

        /// <summary>
        /// Whether an update will have ended within so many seconds, with room for uneven frames. False without a game loop.
        /// </summary>
        public bool EndsWithin(double seconds)
        {
            var frame = FrameSeconds;
            return frame > 0 && UnevenFrames * frame <= seconds;
        }

        /// <summary>An update begins. One that was never ended goes on.</summary>
        public void Begin(double now)
        {
            if (_began > 0)
            {
                var seconds = Math.Min(LongestSeconds, now - _began);
                var before = _frameSeconds;
                Volatile.Write(ref _frameSeconds, before > 0 ? before + (Weight * (seconds - before)) : seconds);
            }

            _began = now;
            _isRunning = true;
        }

        /// <summary>The update is over.</summary>
        public void End() => _isRunning = false;
    }
}
