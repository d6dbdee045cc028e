using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using FrameBridge.Samples;
using FrameBridge.Samples.Tests;
using UnityEditor;
using UnityEngine;
using UnityEngine.UI;
using Object = UnityEngine.Object;

namespace FrameBridge.Record
{
    /// <summary>
    /// What the scene of Two NPCs shows while it plays from its recording, as JSON for canvas_picture.py: pictures on quads, what
    /// its canvases draw in their order, and the rows of an NPC Dialogue's inspector. Pixels, from the bottom left.
    /// </summary>
    internal static class Screenshot
    {
        private const int Turns = 3;
        private static readonly Vector3[] Corners = new Vector3[4];

        /// <summary>Plays the sample and writes the file; false if a reply did not come.</summary>
        public static bool Take(string path)
        {
            (Screen.width, Screen.height) = (1280, 720);
            using (var stage = new SampleStage("TwoNpcs"))
            {
                var sample = Object.FindAnyObjectByType<TwoNpcs>();
                var npc = sample.Characters[0];
                var good = stage.Until(() => npc.State == NpcState.Idle, 30);
                for (var i = 0; i < Turns && good; i++)
                {
                    sample.View.Say(Program.Mara[i]);
                    good = stage.Until(() => npc.LastResult != null, 30) && npc.LastResult.IsComplete;
                }

                stage.Play(0.5);
                var canvases = Object.FindObjectsByType<Canvas>(FindObjectsSortMode.None).Where(each => each.isRootCanvas).OrderBy(each => each.sortingOrder);
                var shown = new
                {
                    width = Screen.width,
                    height = Screen.height,
                    quads = sample.Characters.Select(Quad),
                    graphics = canvases.SelectMany(each => each.GetComponentsInChildren<Graphic>()).Where(each => each.StubIsDrawn).Select(Drawn),
                    inspector = Rows(npc),
                };
                File.WriteAllText(path, JsonSerializer.Serialize(shown));
                return good;
            }
        }

        private static object Quad(NpcDialogue npc)
        {
            var half = new Vector3(npc.transform.localScale.x, npc.transform.localScale.y, 0f) * 0.5f;
            var low = Camera.main.WorldToViewportPoint(npc.transform.position - half);
            var high = Camera.main.WorldToViewportPoint(npc.transform.position + half);
            var area = new[] { low.x * Screen.width, low.y * Screen.height, high.x * Screen.width, high.y * Screen.height };
            return new { area, picture = Picture((Texture2D)npc.GetComponent<AvatarTexture>().Texture) };
        }

        private static object Picture(Texture2D texture) =>
            new { texture.width, texture.height, rgba = Convert.ToBase64String(texture.StubBytes.Slice(0, texture.width * texture.height * 4)) };

        private static object Drawn(Graphic graphic)
        {
            var text = graphic as Text;
            var mask = graphic.GetComponentInParent<RectMask2D>();
            return new
            {
                area = Area(graphic.rectTransform),
                clip = mask == null ? null : Area(mask.GetComponent<RectTransform>()),
                color = new[] { graphic.color.r, graphic.color.g, graphic.color.b, graphic.color.a },
                text = text == null ? null : text.text,
                size = text == null ? 0f : text.fontSize * graphic.canvas.rootCanvas.scaleFactor,
                anchor = text == null ? null : text.alignment.ToString(),
            };
        }

        private static float[] Area(RectTransform rectangle)
        {
            rectangle.GetWorldCorners(Corners);
            return new[] { Corners[0].x, Corners[0].y, Corners[2].x, Corners[2].y };
        }

        /// <summary>What the inspector shows of the last reply.</summary>
        private static IEnumerable<string[]> Rows(NpcDialogue npc)
        {
            var kind = Assembly.Load("FrameBridge.Editor").GetType("FrameBridge.Editor.NpcDialogueEditor", throwOnError: true);
            var inspector = (UnityEditor.Editor)Activator.CreateInstance(kind, nonPublic: true);
            inspector.target = npc;
            StubGui.Reset();
            inspector.OnInspectorGUI();
            return StubGui.Rows.Select(row => new[] { row.Label, row.Text }).ToArray();
        }
    }
}
