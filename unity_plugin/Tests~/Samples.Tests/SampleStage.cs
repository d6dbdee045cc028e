using System;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using System.Threading;
using UnityEditor;
using UnityEngine;
using UnityEngine.Stub;
using Debug = UnityEngine.Debug;
using Object = UnityEngine.Object;

namespace FrameBridge.Samples.Tests
{
    /// <summary>A sample that plays, outside Unity: its scene is made by its own menu entry, and the PlayerLoop turns.</summary>
    public sealed class SampleStage : IDisposable
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();

        /// <summary>
        /// Enters play mode with the components and the assemblies of <paramref name="more"/>, makes the scene, and lets the
        /// caller change it before its first frame.
        /// </summary>
        public SampleStage(Action create, Action change, params Assembly[] more)
        {
            StubPlayer.Reset();
            AssetDatabase.StubReset();
            StubGui.Reset();
            StubPlayer.EnterPlayMode(more.Prepend(typeof(BridgeConnection).Assembly).ToArray());
            create();
            change();
            foreach (BridgeConnection connection in World.All<BridgeConnection>())
            {
                connection.Disconnect(); // it began when it was added: before it was given what the scene gives it
                connection.Connect();
            }
        }

        /// <summary>Errors and exceptions that were logged, for people who look for the cause of a failure.</summary>
        public static string Errors => string.Join(
            "; ", Debug.StubEntries.Where(each => each.Type != LogType.Log).Select(each => each.Text));

        /// <summary>One frame, with the time that has really gone by.</summary>
        public void Tick()
        {
            var delta = (float)_watch.Elapsed.TotalSeconds;
            _watch.Restart();
            StubPlayer.Tick(delta);
        }

        /// <summary>Turns the loop until something holds or the time is over; whether it holds.</summary>
        public bool Until(Func<bool> holds, double limitSeconds)
        {
            var whole = Stopwatch.StartNew();
            while (!holds())
            {
                if (whole.Elapsed.TotalSeconds > limitSeconds)
                {
                    return false;
                }

                Tick();
                Thread.Yield();
            }

            return true;
        }

        public void Dispose()
        {
            BridgeConnection.CloseAll();
            StubPlayer.ExitPlayMode();
            StubPlayer.Reset();
        }
    }
}
