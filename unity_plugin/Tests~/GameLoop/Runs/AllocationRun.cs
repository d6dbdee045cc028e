using System;
using System.Collections.Generic;
using System.Threading;
using FrameBridge.Grpc;
using UnityEngine.LowLevel;

namespace FrameBridge.GameLoop
{
    /// <summary>
    /// Garbage: our code's, which has to be none, and the process's per message, beside a bare Grpc.Net.Client loop
    /// with the same messages. The two alternate, so that drift affects both.
    /// </summary>
    internal sealed class AllocationRun
    {
        private const int WarmUp = 600;
        private const float Rate = 30;

        private readonly Options _options;
        private readonly Garbage _garbage = new Garbage();

        internal AllocationRun(Options options)
        {
            _options = options;
        }

        internal Dictionary<string, object> Run()
        {
            var ours = new List<Share>();
            var bare = new List<Share>();
            long step = 0, serialiser = 0, deserialiser = 0, steps = 0;
            for (int i = 0; i < _options.Turns; i++)
            {
                ours.Add(Ours());
                step += _garbage.Step;
                serialiser += _garbage.InSerialiser;
                deserialiser += _garbage.InDeserialiser;
                steps += _garbage.Steps;
                bare.Add(new BareLoop(_options.Address, _options.Avatars, Rate).Measure(_options.Frames * _options.Avatars / 2));
            }

            return new Dictionary<string, object>
            {
                ["counted_for_one_object"] = _garbage.CountOne(),
                ["environment"] = Environment.GetEnvironmentVariable("DOTNET_JitObjectStackAllocation"),
                ["steps"] = steps,
                ["step_bytes"] = step,
                ["serialiser_bytes"] = serialiser,
                ["deserialiser_bytes"] = deserialiser,
                ["own_bytes"] = step + serialiser + deserialiser,
                ["messages"] = ours.ConvertAll(share => share.Messages),
                ["process_bytes_per_message"] = ours.ConvertAll(share => Math.Round(share.PerMessage, 1)),
                ["bare_bytes_per_message"] = bare.ConvertAll(share => Math.Round(share.PerMessage, 1)),
                ["engine_stub_bytes_per_message"] = ours.ConvertAll(share => Math.Round(share.OutsidePerMessage, 1)),
                ["stack_ratio"] = Share.Sum(ours).PerMessage / Share.Sum(bare).PerMessage,
            };
        }

        private Share Ours()
        {
            Game game = Game.Enter(_options.Address, options => options.Transport = Measured);
            game.AddAvatars(_options.Avatars, Rate, avatar => avatar.KeepLate = true);
            game.UntilLive();
            PlayerLoop.StubAround += _garbage.Around;
            Play(game, WarmUp);
            _garbage.Reset();
            long main = GC.GetAllocatedBytesForCurrentThread();
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Play(game, _options.Frames);
            long bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
            long outside = GC.GetAllocatedBytesForCurrentThread() - main - _garbage.Step;
            var share = new Share(bytes, outside, _garbage.Received + _garbage.Sent);
            PlayerLoop.StubAround -= _garbage.Around;
            Game.Exit();
            Thread.Sleep(200); // lets its last thread end before the other loop is measured
            return share;
        }

        private static void Play(Game game, int frames)
        {
            for (int i = 0; i < frames; i++)
            {
                game.Tick();
            }
        }

        private IBridgeTransport Measured(BridgeOptions options)
        {
            IBridgeTransport transport = Internals.RegisteredTransport(options);
            Internals.Measure((GrpcTransport)transport, _garbage);
            return transport;
        }
    }
}
