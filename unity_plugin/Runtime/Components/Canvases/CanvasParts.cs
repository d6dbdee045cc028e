using UnityEngine;
using UnityEngine.UI;

namespace FrameBridge
{
    /// <summary>
    /// Makes canvas elements. Text is uGUI's Text with Unity's built-in font: TextMeshPro is a separate package in
    /// 2022.3 and needs resources that each project has to import.
    /// </summary>
    internal static class CanvasParts
    {
        private const string BuiltInFont = "LegacyRuntime.ttf";
        private const float Sharpness = 2f; // resolution of text in the world

        /// <summary>A canvas at the root of the scene.</summary>
        internal static Canvas Root(string name, int sortingOrder)
        {
            var canvas = new GameObject(name).AddComponent<Canvas>();
            canvas.sortingOrder = sortingOrder;
            canvas.gameObject.AddComponent<CanvasScaler>().dynamicPixelsPerUnit = Sharpness;
            return canvas;
        }

        /// <summary>A rectangle, from its parent's top left corner.</summary>
        internal static RectTransform Rectangle(string name, Transform parent)
        {
            var made = new GameObject(name).AddComponent<RectTransform>();
            made.SetParent(parent, false);
            var corner = new Vector2(0f, 1f);
            made.anchorMin = corner;
            made.anchorMax = corner;
            made.pivot = corner;
            return made;
        }

        /// <summary>Text that may overflow its rectangle and ignores clicks.</summary>
        internal static Text Label(string name, Transform parent)
        {
            Text label = Rectangle(name, parent).gameObject.AddComponent<Text>();
            label.font = Resources.GetBuiltinResource<Font>(BuiltInFont);
            label.supportRichText = false;
            label.raycastTarget = false;
            label.horizontalOverflow = HorizontalWrapMode.Overflow;
            label.verticalOverflow = VerticalWrapMode.Overflow;
            return label;
        }

        /// <summary>A plain coloured rectangle that ignores clicks.</summary>
        internal static Image Fill(string name, Transform parent)
        {
            Image fill = Rectangle(name, parent).gameObject.AddComponent<Image>();
            fill.raycastTarget = false;
            return fill;
        }
    }
}
