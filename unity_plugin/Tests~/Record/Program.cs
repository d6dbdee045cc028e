using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection;
using FrameBridge.Samples;
using FrameBridge.Samples.Tests;
using UnityEngine;
using Object = UnityEngine.Object;

namespace FrameBridge.Record
{
    /// <summary>
    /// Record picture OUT: writes what the scene of Two NPCs shows while it plays from its recording.
    /// Record SAMPLE SERVER OUT [GALLERY]: plays a sample against a running server and writes its recording, zipped. GALLERY
    /// is the picture of ArRecognition as raw RGBA32, bottom row first, after its width and height as two int32.
    /// </summary>
    internal static class Program
    {
        /// <summary>What the player says to Mara, whose answers come in this order from the recording.</summary>
        internal static readonly string[] Mara =
        {
            "Good evening to you!", "Give me the key to a room for 3 nights, please.", "Where do the smugglers land?",
            "How much are 3 ales and a bath?", "Goodbye",
        };

        private static int Main(string[] arguments)
        {
            if (arguments.Length == 2 && arguments[0] == "picture")
            {
                return Screenshot.Take(arguments[1]) ? 0 : 1;
            }

            if (arguments.Length < 3)
            {
                Console.Error.WriteLine("usage: Record picture OUT, or Record AvatarWall|TalkToNpc|TwoNpcs|ArRecognition|YourOwnModel|ScriptOnly HOST:PORT OUT [GALLERY]");
                return 2;
            }

            var recorder = new Recorder(64 * 1024 * 1024);
            var done = Play(arguments[0], arguments[1], recorder, arguments.Skip(3).FirstOrDefault());
            Save(recorder, arguments[2]);
            Console.WriteLine($"{arguments[2]}: {recorder.MessageCount} messages, {new FileInfo(arguments[2]).Length} bytes");
            return done && recorder.DroppedCount == 0 ? 0 : 1;
        }

        private static bool Play(string sample, string server, Recorder recorder, string gallery)
        {
            switch (sample)
            {
                case "AvatarWall":
                    return On(sample, server, recorder, Wall);
                case "TalkToNpc":
                    return On(sample, server, recorder, Talk);
                case "TwoNpcs":
                    return On(sample, server, recorder, Npcs);
                case "ArRecognition":
                    return On(sample, server, recorder, stage => new GalleryView(gallery).Walk(stage, 16));
                case "YourOwnModel":
                    return On(sample, server, recorder, Own);
                case "ScriptOnly":
                    return On(sample, server, recorder, Script);
                default:
                    throw new ArgumentException($"there is no sample {sample}", nameof(sample));
            }
        }

        /// <summary>Plays the sample's scene live: as it ships, but without its recording.</summary>
        private static bool On(string sample, string server, Recorder recorder, Func<SampleStage, bool> play)
        {
            // The assembly registers the gRPC transport, as in a game.
            using (var stage = new SampleStage(sample, Assembly.Load("FrameBridge.Handlers")))
            {
                GoLive(Object.FindAnyObjectByType<BridgeConnection>(), server, recorder);
                GoLive(Object.FindAnyObjectByType<ScriptOnly>(), server, recorder);
                return play(stage);
            }
        }

        private static void GoLive(BridgeConnection connection, string server, Recorder recorder)
        {
            if (connection == null)
            {
                return;
            }

            connection.Recording = null;
            connection.Configuring += options =>
            {
                options.Address = server;
                options.Recorder = recorder;
                options.Formats = new[] { FrameFormat.Rgba32 }; // sampled by every device
            };
            connection.Disconnect(); // it started with the scene, from the recording
            connection.Connect();
        }

        private static void GoLive(ScriptOnly script, string server, Recorder recorder)
        {
            if (script != null)
            {
                script.Recording = null; // it starts with the first frame
                script.Address = server;
                script.Recorder = recorder;
            }
        }

        private static bool Wall(SampleStage stage)
        {
            var wall = Object.FindAnyObjectByType<AvatarWall>();
            var there = stage.Until(() => wall.Avatars.Count > 0 && wall.Avatars.All(each => each.UploadCount > 0), 60);
            stage.Play(4);
            return there;
        }

        private static bool Talk(SampleStage stage)
        {
            var talk = Object.FindAnyObjectByType<TalkToNpc>();
            var npc = talk.GetComponent<NpcDialogue>();
            npc.Persona.Sampling = new Sampling { Seed = 7, MaxTokens = 60 };
            var good = stage.Until(() => npc.State == NpcState.Idle, 60);
            foreach (var words in new[] { talk.Words, "What is for supper?", "Who is the old man by the fire?", "Good night, Mira." })
            {
                talk.Words = words;
                talk.Say();
                good &= stage.Until(() => npc.LastResult != null, 60) && npc.LastResult.IsComplete;
                Console.WriteLine($"{words} -> {npc.Text}");
            }

            return good;
        }

        private static bool Npcs(SampleStage stage)
        {
            var sample = Object.FindAnyObjectByType<TwoNpcs>();
            var vex = new[] { "Hello", "Sell me 2 servo motors.", "How much are 2 power cells?", "Remove the limiter for me", "Thank you" };
            return Talk(stage, sample, 0, Mara) & Talk(stage, sample, 1, vex);
        }

        private static bool Talk(SampleStage stage, TwoNpcs sample, int character, string[] lines)
        {
            sample.Meet(character);
            var npc = sample.Characters[character];
            var good = stage.Until(() => npc.State == NpcState.Idle, 60);
            foreach (var line in lines)
            {
                npc.Persona.Sampling = new Sampling { Seed = 7, MaxTokens = 40 };
                sample.View.Say(line);
                if (!stage.Until(() => npc.LastResult != null, 240))
                {
                    Console.Error.WriteLine($"{line} -> nothing within four minutes: {npc.Problem}");
                    return false;
                }

                good &= npc.LastResult.IsComplete;
                Console.WriteLine($"{line} -> {npc.Text} {string.Join(", ", npc.LastResult.Actions)} {npc.LastResult.Outcome.Message}");
                stage.Play(1);
            }

            return good;
        }

        private static bool Own(SampleStage stage)
        {
            var own = Object.FindAnyObjectByType<YourOwnModel>();
            var good = stage.Until(() => own.InkPercent > 0, 60);
            stage.Play(8);
            Console.WriteLine($"{own.InkPercent} % ink {SampleStage.Errors}");
            return good;
        }

        private static bool Script(SampleStage stage)
        {
            var script = Object.FindAnyObjectByType<ScriptOnly>();
            var good = stage.Until(() => script.Picture != null && script.Story.Length > 20, 30);
            stage.Play(6);
            Console.WriteLine($"{script.Story} (picture: {script.Picture != null}) {SampleStage.Errors}");
            return good;
        }

        private static void Save(Recorder recorder, string path)
        {
            using (var file = File.Create(path))
            using (var zipped = new GZipStream(file, CompressionLevel.SmallestSize))
            {
                recorder.Save(zipped);
            }
        }
    }
}
