using System;
using System.Linq;
using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>Pickers for the attributes and expressions that the server offers.</summary>
    internal static class LookFields
    {
        internal const string FromSeed = "(from the seed)";

        /// <summary>Draws them; returns whether something was picked. Supports undo.</summary>
        public static bool Draw(AvatarTexture avatar, AvatarSchema schema)
        {
            var picked = DrawExpression(avatar, schema);
            foreach (var attribute in schema.Attributes)
            {
                picked |= attribute.IsColor ? DrawColor(avatar, attribute.Name) : DrawChoice(avatar, attribute);
            }

            return picked;
        }

        private static bool DrawExpression(AvatarTexture avatar, AvatarSchema schema)
        {
            var choices = schema.Expressions.Prepend(FromSeed).ToArray();
            return Pick("Expression", choices, avatar.Expression, value => Change(avatar, () => avatar.Expression = value));
        }

        private static bool DrawChoice(AvatarTexture avatar, AvatarAttributeSchema attribute)
        {
            var choices = attribute.Choices.Prepend(FromSeed).ToArray();
            var name = attribute.Name;
            return Pick(name, choices, ValueOf(avatar, name), value => Change(avatar, () => avatar.SetAttribute(name, value)));
        }

        private static bool Pick(string label, string[] choices, string now, Action<string> pick)
        {
            EditorGUI.BeginChangeCheck();
            var picked = EditorGUILayout.Popup(label, Math.Max(0, Array.IndexOf(choices, now)), choices);
            if (!EditorGUI.EndChangeCheck())
            {
                return false;
            }

            pick(picked == 0 ? "" : choices[picked]);
            return true;
        }

        private static bool DrawColor(AvatarTexture avatar, string name)
        {
            var now = ValueOf(avatar, name);
            EditorGUI.BeginChangeCheck();
            var chosen = EditorGUILayout.Toggle($"Override {name}", now.Length > 0);
            ColorUtility.TryParseHtmlString(now.Length > 0 ? now : "#ffffff", out var color);
            color = chosen ? EditorGUILayout.ColorField(name, color) : color;
            if (!EditorGUI.EndChangeCheck())
            {
                return false;
            }

            var text = chosen ? "#" + ColorUtility.ToHtmlStringRGB(color).ToLowerInvariant() : "";
            Change(avatar, () => avatar.SetAttribute(name, text));
            return true;
        }

        private static string ValueOf(AvatarTexture avatar, string name) =>
            avatar.Attributes.FirstOrDefault(trait => trait.Name == name).Value ?? "";

        private static void Change(AvatarTexture avatar, Action change)
        {
            Undo.RecordObject(avatar, "Change avatar look");
            change();
            EditorUtility.SetDirty(avatar);
        }
    }
}
