using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using UnityEngine.LowLevel;
using UnityEngine.Stub;

namespace FrameBridge.GameLoop
{
    /// <summary>
    /// The step's cost on the main thread when a frame of every avatar arrives in one game frame, in thread CPU time,
    /// beside a bare copy of as many bytes.
    /// </summary>
    internal sealed unsafe class MainThreadRun
    {
        private const int Side = 128;
        private const int FrameBytes = Side * Side * 4;
        private const int WarmUp = 200;

        private readonly Options _options;
        private readonly Arrivals _arrivals;
        private readonly long[] _seen;
        private readonly byte*[] _targets;
        private readonly List<double> _steps = new List<double>();
        private readonly List<double> _copies = new List<double>();
        private double _began;
        private double _took;
        private int _discarded;

        internal MainThreadRun(Options options)
        {
            _options = options;
            _arrivals = new Arrivals(options.Avatars, FrameBytes);
            _seen = new long[options.Avatars];
            _targets = new byte*[options.Avatars];
            for (int i = 0; i < _targets.Length; i++)
            {
                _targets[i] = (byte*)NativeMemory.AllocZeroed(FrameBytes);
            }
        }

        internal Dictionary<string, object> Run()
        {
            Game game = Game.Enter(
                _options.Address,
                options => options.Transport = made => new ArrivalTransport(Internals.RegisteredTransport(made), _arrivals));
            game.AddAvatars(_options.Avatars, 30, avatar =>
            {
                avatar.KeepLate = true; // latency does not matter here
                avatar.BudgetSeconds = 1f;
            });
            game.UntilLive();
            PlayerLoop.StubAround += Clock;
            for (int i = 0; _steps.Count < WarmUp + _options.Samples; i++)
            {
                Sample(game, copiesFirst: i % 2 == 0);
            }

            PlayerLoop.StubAround -= Clock;
            Game.Exit();
            return Findings();
        }

        private void Sample(Game game, bool copiesFirst)
        {
            while (!_arrivals.AllCame(_seen))
            {
                Thread.Sleep(1);
            }

            long before = Uploads(game);
            double copy = copiesFirst ? Copy() : 0;
            _took = 0;
            StubPlayer.Tick();
            double step = _took; // the step and, after all updates, the sending
            copy = copiesFirst ? copy : Copy();
            if (Uploads(game) - before == game.Avatars.Count)
            {
                _steps.Add(step);
                _copies.Add(copy);
            }
            else
            {
                _discarded++; // one of them was shown in an earlier frame, or is deferred to the next
            }
        }

        private void Clock(Type system, bool begins)
        {
            if (begins)
            {
                _began = ThreadClock.Milliseconds;
            }
            else
            {
                _took += ThreadClock.Milliseconds - _began;
            }
        }

        private double Copy()
        {
            double began = ThreadClock.Milliseconds;
            for (int i = 0; i < _targets.Length; i++)
            {
                _arrivals.Mirror(i).CopyTo(new Span<byte>(_targets[i], FrameBytes));
            }

            return ThreadClock.Milliseconds - began;
        }

        private Dictionary<string, object> Findings()
        {
            _steps.RemoveRange(0, WarmUp);
            _copies.RemoveRange(0, WarmUp);
            double step = Quantile(_steps, 0.5);
            double copy = Quantile(_copies, 0.5);
            return new Dictionary<string, object>
            {
                ["samples"] = _steps.Count,
                ["discarded"] = _discarded,
                ["bytes"] = _options.Avatars * FrameBytes,
                ["step_ms_p50"] = step,
                ["step_ms_p99"] = Quantile(_steps, 0.99),
                ["step_ms_max"] = Quantile(_steps, 1),
                ["memcpy_ms_p50"] = copy,
                ["memcpy_ms_p99"] = Quantile(_copies, 0.99),
                ["over_memcpy_p50"] = step / copy,
            };
        }

        private static double Quantile(List<double> values, double share)
        {
            var sorted = new List<double>(values);
            sorted.Sort();
            return sorted[(int)((share * (sorted.Count - 1)) + 0.5)];
        }

        private static long Uploads(Game game)
        {
            long sum = 0;
            foreach (AvatarTexture avatar in game.Avatars)
            {
                sum += avatar.UploadCount;
            }

            return sum;
        }
    }
}
