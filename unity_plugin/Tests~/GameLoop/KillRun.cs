using System;
using System.Collections.Generic;

namespace FrameBridge.GameLoop
{
    /// <summary>
    /// The server is killed in the middle of a reply, over and over: says "kill" on its standard output once a reply and frames
    /// are on their way. Whoever reads that kills the server and starts another on the same port.
    /// </summary>
    internal sealed class KillRun
    {
        private readonly Options _options;
        private readonly List<object> _rounds = new List<object>();
        private int _tooLate;

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
                ["rounds_without_a_reply_under_way"] = _tooLate,
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
            double began = FrameClock.Now;
            talker.Say(cutOff);
            game.Until(() => talker.Character.State == NpcState.Speaking || talker.Begun == talker.Ended, "the reply begins");
            bool underWay = talker.Begun > talker.Ended;
            _tooLate += underWay ? 0 : 1;
            int reconnects = game.Connection.Client.ReconnectCount;
            long[] uploads = Uploads(game);
            Tell("kill");
            game.Until(() => talker.Begun == talker.Ended, "the end of the turn under way");
            TurnResult end = talker.Character.LastResult;
            double ended = FrameClock.Now;
            game.Until(() => game.Connection.Client.ReconnectCount > reconnects && game.Connection.State == BridgeState.Ready, "the connection comes back");
            double back = FrameClock.Now;
            game.Until(() => FramesCame(game, uploads), "frames for each avatar");
            talker.Say(next);
            game.Until(() => talker.Begun == talker.Ended, "the next reply");
            _rounds.Add(new Dictionary<string, object>
            {
                ["cut_off"] = cutOff,
                ["next"] = next,
                ["finish"] = end.Finish.ToString(),
                ["reason"] = end.Outcome.Reason.ToString(),
                ["message"] = end.Outcome.Message,
                ["said_before_the_kill"] = end.Text.Length,
                ["next_complete"] = talker.Character.LastResult.IsComplete,
                ["next_finish"] = talker.Character.LastResult.Finish + " " + talker.Character.LastResult.Outcome.Message,
                ["heard_of_it_seconds"] = Math.Round(ended - began, 3),
                ["back_seconds"] = Math.Round(back - ended, 3),
            });
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
