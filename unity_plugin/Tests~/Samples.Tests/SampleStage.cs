using System;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using System.Threading;
using UnityEngine;
using UnityEngine.Stub;
using Debug = UnityEngine.Debug;

namespace FrameBridge.Samples.Tests
{
    /// <summary>A sample playing outside Unity: its scene is loaded from its file, and the PlayerLoop runs.</summary>
    public sealed class SampleStage : IDisposable
    {
        private const float FrameSeconds = 1f / 60f;
        private readonly SampleFolder _folder;

        /// <summary>
        /// Imports a sample and enters play mode in its scene, which has the sample's name, with the components and the
        /// assemblies of <paramref name="more"/>.
        /// </summary>
        public SampleStage(string sample, params Assembly[] more)
        {
            StubPlayer.Reset();
            _folder = new SampleFolder(sample);
            StubPlayer.EnterPlayMode(sample, more.Prepend(typeof(BridgeConnection).Assembly).ToArray());
        }

        /// <summary>Logged warnings, errors and exceptions.</summary>
        public static string Errors => string.Join(
            "; ", Debug.StubEntries.Where(each => each.Type != LogType.Log).Select(each => each.Text));

        /// <summary>
        /// Plays for some seconds of game time, at 60 frames a second of wall-clock time, which recordings follow.
        /// </summary>
        public void Play(double seconds, Action eachFrame = null) => Until(
            () =>
            {
                eachFrame?.Invoke();
                return false;
            },
            seconds);

        /// <summary>Plays until a condition holds, at most this many seconds of game time; returns whether it holds.</summary>
        public bool Until(Func<bool> holds, double limitSeconds)
        {
            var watch = Stopwatch.StartNew();
            for (int frame = 1; frame <= limitSeconds / FrameSeconds; frame++)
            {
                if (holds())
                {
                    return true;
                }

                StubPlayer.Tick(FrameSeconds);
                while (watch.Elapsed.TotalSeconds < frame * FrameSeconds)
                {
                    Thread.Yield();
                }
            }

            return holds();
        }

        public void Dispose()
        {
            BridgeConnection.CloseAll();
            StubPlayer.ExitPlayMode();
            StubPlayer.Reset();
            _folder.Dispose();
        }
    }
}
