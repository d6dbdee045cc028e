using System.Collections.Generic;
using UnityEngine;
using UnityEngine.Experimental.Rendering;

namespace FrameBridge.Game
{
    /// <summary>A scene with avatars, characters that talk and act, and a camera, all live.</summary>
    public static class Scene
    {
        private static readonly List<AvatarTexture> Avatars = new List<AvatarTexture>();
        private static BridgeConnection s_connection;
        private static NpcDialogue s_character;
        private static CameraRecognizer s_camera;
        private static ModelRunner s_runner;
        private static Innkeeper s_npc;
        private static bool s_hasSpoken;

        /// <summary>
        /// Builds the scene against a server; "avatar", "dialogue", "npc", "camera" and "runner" in `parts` say what is in it.
        /// </summary>
        public static void Build(string address, int avatars, string parts)
        {
            Avatars.Clear();
            s_hasSpoken = false;
            s_connection = Make<BridgeConnection>(made =>
            {
                made.Settings = ScriptableObject.CreateInstance<BridgeSettings>();
                made.Settings.Address = address;
                made.Settings.CompressedTextures = false;
            });
            for (int i = 0; parts.Contains("avatar") && i < avatars; i++)
            {
                long seed = i + 1;
                Avatars.Add(Make<AvatarTexture>(made =>
                {
                    made.Seed = seed;
                    made.BudgetSeconds = 1f;
                    made.KeepLate = true;
                }));
            }

            s_character = parts.Contains("dialogue") ? Make<NpcDialogue>(null) : null;
            s_npc = parts.Contains("npc") ? new Innkeeper() : null;
            s_camera = parts.Contains("camera") ? MakeCamera() : null;
            s_runner = parts.Contains("runner") ? MakeRunner() : null;
            Make<BridgeHud>(null);
        }

        /// <summary>
        /// Whether all streams of the scene are active: a frame is shown, a reply is in flight, an NPC waits for its action's
        /// answer, a picture is sent, a model's result is shown.
        /// </summary>
        public static bool IsLive()
        {
            if (s_character != null && !s_hasSpoken && s_connection.State == BridgeState.Ready)
            {
                s_hasSpoken = true;
                s_character.Say("Tell me about the old tower, please.");
            }

            foreach (AvatarTexture avatar in Avatars)
            {
                if (avatar.UploadCount == 0)
                {
                    return false;
                }
            }

            return (s_character == null || s_hasSpoken) && (s_npc == null || s_npc.IsActing()) && (s_camera == null || s_camera.SentCount > 0)
                && (s_runner == null || s_runner.Texture != null);
        }

        /// <summary>What is not live and why, as text.</summary>
        public static string Report() =>
            "connection " + s_connection.State + " (" + s_connection.Problem + "), avatars "
            + string.Join(" ", Avatars.ConvertAll(avatar => avatar.UploadCount + avatar.Problem))
            + ", npc " + s_npc?.Report()
            + ", pictures " + (s_camera == null ? 0 : s_camera.SentCount)
            + ", results " + (s_runner == null ? "0" : s_runner.AnswerCount + s_runner.Problem);

        private static CameraRecognizer MakeCamera() => Make<CameraRecognizer>(made =>
        {
            made.Source = CameraSource.Texture;
            made.Texture = new RenderTexture(64, 48, 0, GraphicsFormat.R8G8B8A8_SRGB);
        });

        private static ModelRunner MakeRunner() => Make<ModelRunner>(made =>
        {
            made.Model = "invert";
            made.Picture = new RenderTexture(64, 64, 0, GraphicsFormat.R8G8B8A8_SRGB);
            made.Width = made.Height = 64;
            made.OutputName = "image";
        });

        internal static T Make<T>(System.Action<T> prepare) where T : Component, new()
        {
            var holder = new GameObject(typeof(T).Name);
            holder.SetActive(false);
            T component = holder.AddComponent<T>();
            prepare?.Invoke(component);
            holder.SetActive(true);
            return component;
        }
    }
}
