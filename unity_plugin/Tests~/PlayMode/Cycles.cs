using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using UnityEngine;
using UnityEngine.Stub;

namespace FrameBridge.PlayMode
{
    /// <summary>The cycles themselves.</summary>
    internal sealed class Cycles
    {
        private static readonly TimeSpan ToBecomeLive = TimeSpan.FromSeconds(60);
        private static readonly TimeSpan ToDie = TimeSpan.FromSeconds(5);

        private readonly string _address;
        private readonly int _avatars;
        private readonly string _parts;
        private readonly int _baseline = Sockets.Count();
        private readonly Findings _findings = new Findings();
        private int _unobserved;

        internal Cycles(string address, int avatars, string parts)
        {
            _address = address;
            _avatars = avatars;
            _parts = parts;
            TaskScheduler.UnobservedTaskException += (_, _) => Interlocked.Increment(ref _unobserved);
        }

        /// <summary>A context per cycle, as with domain reloads.</summary>
        internal Findings Reload(int count)
        {
            long began = Stopwatch.GetTimestamp();
            _findings.Mode = "reload";
            for (int i = 0; i < count; i++)
            {
                WeakReference context = InContext();
                Check();
                if (!Until(() => !context.IsAlive, collect: true))
                {
                    _findings.LeakedContexts++;
                    Console.Error.WriteLine("cycle " + i + ": the context is still alive");
                }
            }

            return End(count, began);
        }

        /// <summary>One context for all cycles, as without domain reloads; it has to die at the end.</summary>
        internal Findings KeepStatics(int count)
        {
            long began = Stopwatch.GetTimestamp();
            _findings.Mode = "keep-statics";
            WeakReference context = InOneContext(count);
            if (!Until(() => !context.IsAlive, collect: true))
            {
                _findings.LeakedContexts++;
            }

            return End(count, began);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private WeakReference InContext()
        {
            var context = new GameContext();
            Play(context);
            StubPlayer.ReloadDomain();
            context.Unload();
            return new WeakReference(context);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private WeakReference InOneContext(int count)
        {
            var context = new GameContext();
            for (int i = 0; i < count; i++)
            {
                Play(context);
                Check();
            }

            StubPlayer.ReloadDomain();
            context.Unload();
            return new WeakReference(context);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Play(GameContext context)
        {
            StubPlayer.EnterPlayMode(context.WithInitializers);
            Type scene = context.Game.GetType("FrameBridge.Game.Scene", throwOnError: true);
            scene.GetMethod("Build").Invoke(null, new object[] { _address, _avatars, _parts });
            var isLive = (Func<bool>)scene.GetMethod("IsLive").CreateDelegate(typeof(Func<bool>));
            long began = Stopwatch.GetTimestamp();
            while (!isLive())
            {
                if (Stopwatch.GetElapsedTime(began) > ToBecomeLive)
                {
                    throw new TimeoutException("the streams did not come to life: " + scene.GetMethod("Report").Invoke(null, null));
                }

                StubPlayer.Tick();
                Thread.Sleep(1); // a frame of the game
            }

            long exit = Stopwatch.GetTimestamp();
            StubPlayer.ExitPlayMode();
            _findings.SawExit(Stopwatch.GetElapsedTime(exit));
        }

        private void Check()
        {
            if (World.Count<Texture2D>() > 0 || NativeBlocks.LiveCount > 0 || Application.StubQuittingSubscribers > 0)
            {
                _findings.LeakedObjects++;
            }

            if (!Until(() => Sockets.Count() <= _baseline, collect: false))
            {
                Console.Error.WriteLine(Sockets.Count() - _baseline + " sockets more than at the beginning");
            }
        }

        private Findings End(int count, long began)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            _findings.Cycles = count;
            _findings.LeakedSockets = Math.Max(0, Sockets.Count() - _baseline);
            _findings.Exceptions = UnityEngine.Debug.StubCount(LogType.Exception) + Volatile.Read(ref _unobserved);
            _findings.Seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            return _findings;
        }

        /// <summary>Waits up to five seconds for other threads; false on a timeout.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static bool Until(Func<bool> holds, bool collect)
        {
            long began = Stopwatch.GetTimestamp();
            while (!holds())
            {
                if (Stopwatch.GetElapsedTime(began) > ToDie)
                {
                    return false;
                }

                if (collect)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                }

                Thread.Sleep(1);
            }

            return true;
        }
    }
}
