using System;
using System.Collections.Generic;

namespace FrameBridge.GameLoop
{
    /// <summary>
    /// The server is killed in the middle of a reply, repeatedly: prints "kill" once a reply and frames are in flight.
    /// The reader then kills the server and starts another on the same port.
    /// </summary>
    internal sealed class KillRun
    {
        private const double TrySeconds = 0.5;
        private const int MostTries = 240; // a new server still loads its model

        private readonly Options _options;
        private readonly List<object> _rounds = new List<object>();
        private int _refused;

        internal KillRun(Options options)
        {
            _options = options;
        }

        internal Dictionary<string, object> Run()
        {
            Game game = Game.Enter(_options.Address);
            game.AddAvatars(_options.Avatars, 30);
            game.AddTalkers(1);
            var log = new UploadLog(game);
            game.UntilLive();
            for (int i = 0; i < _options.Rounds; i++)
            {
                Round(game, i);
            }

            var found = new Dictionary<string, object>
            {
                ["rounds"] = _rounds,
                ["reconnects"] = game.Connection.Client.ReconnectCount,
                ["ends_too_many"] = game.Talkers[0].Ended - game.Talkers[0].Begun,
                ["refused_before_the_first_word"] = _refused,
            };
            log.Write(_options.Uploads);
            Game.Exit();
            return found;
        }

        private void Round(Game game, int number)
        {
            Talker talker = game.Talkers[0];
            string cutOff = "Number " + number + ": tell me a long story about the old tower.";
            string next = "Number " + number + " again: what did I ask you for?";
            Begin(game, cutOff);
            int ends = talker.Ended;
            int reconnects = game.Connection.Client.ReconnectCount;
            double told = FrameClock.Now;
            Tell("kill");
            game.Until(() => talker.Begun == talker.Ended, "the end of the turn under way");
            TurnResult end = talker.Character.LastResult;
            double ended = FrameClock.Now;
            game.Until(() => game.Connection.Client.ReconnectCount > reconnects && game.Connection.State == BridgeState.Ready, "the connection comes back");
            double back = FrameClock.Now;
            long[] uploads = Uploads(game);
            game.Until(() => FramesCame(game, uploads), "frames for each avatar");
            int endsOfCutOff = talker.Ended - ends;
            Begin(game, next);
            game.Until(() => talker.Begun == talker.Ended, "the next reply");
            TurnResult answer = talker.Character.LastResult;
            _rounds.Add(new Dictionary<string, object>
            {
                ["cut_off"] = cutOff,
                ["next"] = next,
                ["ends"] = endsOfCutOff,
                ["finish"] = end.Finish.ToString(),
                ["reason"] = end.Outcome.Reason.ToString(),
                ["message"] = end.Outcome.Message,
                ["said_before_the_kill"] = end.Text.Length,
                ["next_complete"] = answer.IsComplete,
                ["next_finish"] = (answer.Finish + " " + answer.Outcome.Message).Trim(),
                ["heard_of_it_seconds"] = Math.Round(ended - told, 3),
                ["back_seconds"] = Math.Round(back - ended, 3),
            });
        }

        /// <summary>Speaks until a reply has started: a restarted server refuses turns until its model is loaded.</summary>
        private void Begin(Game game, string line)
        {
            Talker talker = game.Talkers[0];
            for (int i = 0; i < MostTries; i++)
            {
                talker.Say(line);
                game.Until(() => talker.Character.State == NpcState.Speaking || talker.Begun == talker.Ended, "the reply begins");
                if (talker.Begun > talker.Ended || talker.Character.LastResult.IsComplete)
                {
                    return;
                }

                _refused++;
                double again = FrameClock.Now + TrySeconds;
                game.Until(() => FrameClock.Now >= again, "the next try");
            }

            throw new TimeoutException("the server has refused " + MostTries + " times: " + string.Join("; ", talker.Failures));
        }

        private static void Tell(string word)
        {
            Console.WriteLine(word);
            Console.Out.Flush();
        }

        private static long[] Uploads(Game game) => game.Avatars.ConvertAll(avatar => avatar.UploadCount).ToArray();

        private static bool FramesCame(Game game, long[] before)
        {
            for (int i = 0; i < before.Length; i++)
            {
                if (game.Avatars[i].UploadCount < before[i] + 10)
                {
                    return false;
                }
            }

            return true;
        }
    }
}
