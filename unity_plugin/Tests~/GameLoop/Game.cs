using System;
using System.Collections.Generic;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Stub;

namespace FrameBridge.GameLoop
{
    /// <summary>Play mode with a scene of our components, one call per frame.</summary>
    internal sealed class Game
    {
        private const double Patience = 120; // seconds, as a server has to load its models

        private readonly FrameClock _clock = new FrameClock();

        private Game()
        {
        }

        internal BridgeConnection Connection { get; private set; }

        internal List<AvatarTexture> Avatars { get; } = new List<AvatarTexture>();

        internal List<Talker> Talkers { get; } = new List<Talker>();

        internal CameraRecognizer Camera { get; private set; }

        internal FrameClock Clock => _clock;

        /// <summary>Enters play mode and builds the scene.</summary>
        internal static Game Enter(string address, Action<BridgeOptions> configuring = null)
        {
            StubPlayer.EnterPlayMode(typeof(BridgeConnection).Assembly, typeof(Grpc.GrpcTransport).Assembly, HandlersAssembly());
            var game = new Game();
            game.Connection = Make<BridgeConnection>(made =>
            {
                made.Settings = ScriptableObject.CreateInstance<BridgeSettings>();
                made.Settings.Address = address;
                made.Settings.CompressedTextures = false; // the stub's GPU samples all formats; RGBA32 is the largest
                made.Settings.MaxBackoffSeconds = 2f;
                if (configuring != null)
                {
                    made.Configuring += configuring;
                }
            });
            return game;
        }

        internal void AddAvatars(int count, float rate, Action<AvatarTexture> prepare = null)
        {
            for (int i = 0; i < count; i++)
            {
                long seed = i + 1;
                Avatars.Add(Make<AvatarTexture>(made =>
                {
                    made.Seed = seed;
                    made.FramesPerSecond = rate;
                    made.TargetRenderer = Renderer();
                    prepare?.Invoke(made);
                }));
            }
        }

        internal void AddTalkers(int count)
        {
            for (int i = 0; i < count; i++)
            {
                int number = i;
                var talker = new Talker(number);
                talker.Character = Make<NpcDialogue>(made =>
                {
                    made.Persona = Talker.MakePersona(number);
                    made.ConversationName = "character-" + number;
                });
                talker.Listen();
                Talkers.Add(talker);
            }
        }

        internal void AddCamera() => Camera = Make<CameraRecognizer>(made =>
        {
            made.Source = CameraSource.Texture;
            made.Texture = new RenderTexture(416, 312, 0, GraphicsFormat.R8G8B8A8_SRGB);
            made.PicturesPerSecond = 2f;
            made.DetectSeconds = 0.3f;
        });

        /// <summary>One frame of the game, when it is due.</summary>
        internal void Tick() => StubPlayer.Tick(_clock.Wait());

        /// <summary>Plays until a condition holds. Throws <see cref="TimeoutException"/> if it never does.</summary>
        internal void Until(Func<bool> holds, string what)
        {
            double began = FrameClock.Now;
            while (!holds())
            {
                if (FrameClock.Now - began > Patience)
                {
                    throw new TimeoutException("never came: " + what + "; connection " + Connection.State + " " + Connection.Problem);
                }

                Tick();
            }
        }

        /// <summary>Waits until each avatar has had a frame.</summary>
        internal void UntilLive() =>
            Until(() => Avatars.TrueForAll(avatar => avatar.UploadCount > 0), "a frame for each avatar");

        internal static void Exit() => StubPlayer.ExitPlayMode();

        internal static T Make<T>(Action<T> prepare) where T : Component, new()
        {
            var holder = new GameObject(typeof(T).Name);
            holder.SetActive(false);
            T component = holder.AddComponent<T>();
            prepare?.Invoke(component);
            holder.SetActive(true);
            return component;
        }

        private static System.Reflection.Assembly HandlersAssembly() =>
            System.Reflection.Assembly.Load("FrameBridge.Handlers"); // it has no public type

        private static MeshRenderer Renderer()
        {
            MeshRenderer renderer = Make<MeshRenderer>(null);
            renderer.sharedMaterial = new Material(new Shader("game", "_MainTex"));
            return renderer;
        }
    }
}
