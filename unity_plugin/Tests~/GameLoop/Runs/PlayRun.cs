using System;
using System.Collections.Generic;
using System.Linq;
using UnityEngine;

namespace FrameBridge.GameLoop
{
    /// <summary>The game for a while: uploads are logged, and characters are spoken to without pause.</summary>
    internal sealed class PlayRun
    {
        private const double SettleSeconds = 1;

        private readonly Options _options;

        internal PlayRun(Options options)
        {
            _options = options;
        }

        internal Dictionary<string, object> Run()
        {
            Game game = Game.Enter(_options.Address, Configure);
            game.AddAvatars(_options.Avatars, _options.Rate);
            game.AddTalkers(_options.Characters);
            if (_options.Cameras > 0)
            {
                game.AddCamera();
            }

            var log = new UploadLog(game);
            var results = new int[1];
            if (game.Camera != null)
            {
                game.Camera.Recognized += _ => results[0]++;
            }

            var found = Play(game);
            found["pictures"] = game.Camera?.SentCount ?? 0;
            found["recognised"] = results[0];
            log.Write(_options.Uploads);
            Game.Exit();
            return found;
        }

        private void Configure(BridgeOptions options)
        {
            options.Bundles = _options.Bundles;
            if (_options.Compressed)
            {
                options.Formats = new[] { FrameFormat.Bc3, FrameFormat.Rgba32 };
            }
        }

        private Dictionary<string, object> Play(Game game)
        {
            game.UntilLive();
            PlayFor(game, SettleSeconds, talks: false);
            int framesBefore = game.Clock.Frames;
            int lateBefore = game.Clock.LateFrames;
            CapabilityStatistics statistics = game.Connection.Client.Statistics.Avatar;
            long transportBefore = statistics.LateBy(Stage.Transport);
            var traffic = new Traffic(game.Connection.Client.Statistics);
            double from = FrameClock.Now;
            PlayFor(game, _options.Seconds, talks: true);
            double until = FrameClock.Now;
            Dictionary<string, object> flow = traffic.Since(until - from);
            long transport = statistics.LateBy(Stage.Transport) - transportBefore;
            int frames = game.Clock.Frames - framesBefore;
            int late = game.Clock.LateFrames - lateBefore;
            PlayFor(game, SettleSeconds, talks: false); // receives what was sent at the end
            game.Until(() => game.Talkers.TrueForAll(talker => talker.Begun == talker.Ended), "the end of the last turns");
            return new Dictionary<string, object>
            {
                ["bundles"] = game.Connection.Client.UsesBundles,
                ["flow"] = flow,
                ["from"] = from,
                ["until"] = until,
                ["frames"] = frames,
                ["late_frames"] = late,
                ["put_off"] = BridgeLoop.PutOffCount,
                ["dropped_messages"] = statistics.DroppedCount,
                ["late_answers"] = statistics.LateCount,
                ["late_on_the_way"] = transport, // sent, but dropped by the client because it was late
                ["superseded"] = statistics.SupersededCount,
                ["late_by_stage"] = Enum.GetValues(typeof(Stage)).Cast<Stage>().ToDictionary(stage => stage.ToString(), statistics.LateBy),
                ["reconnects"] = game.Connection.Client.ReconnectCount,
                ["turns"] = game.Talkers.Sum(talker => talker.Begun),
                ["turns_complete"] = game.Talkers.Sum(talker => talker.Complete),
                ["turn_ends"] = game.Talkers.Sum(talker => talker.Ended),
                ["turn_failures"] = game.Talkers.SelectMany(talker => talker.Failures).Distinct().Take(5).ToArray(),
            };
        }

        private static void PlayFor(Game game, double seconds, bool talks)
        {
            double until = FrameClock.Now + seconds;
            while (FrameClock.Now < until)
            {
                for (int i = 0; talks && i < game.Talkers.Count; i++)
                {
                    game.Talkers[i].Go();
                }

                game.Tick();
            }
        }
    }
}
