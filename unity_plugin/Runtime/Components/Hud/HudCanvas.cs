using UnityEngine;
using UnityEngine.UI;

namespace FrameBridge
{
    /// <summary>The canvas of a HUD without a label.</summary>
    internal sealed class HudCanvas
    {
        private const int AboveTheGame = 30000;

        private readonly HeadsetCanvas _canvas;

        internal HudCanvas()
        {
            Canvas root = CanvasParts.Root("FrameBridge HUD canvas", AboveTheGame);
            _canvas = root.gameObject.AddComponent<HeadsetCanvas>();
            Label = CanvasParts.Label("Text", root.transform);
            Label.horizontalOverflow = HorizontalWrapMode.Wrap; // a problem is a whole sentence
        }

        /// <summary>The HUD's label.</summary>
        internal Text Label { get; }

        /// <summary>False once destroyed from outside, such as by a change of scenes.</summary>
        internal bool IsThere => _canvas != null && Label != null;

        /// <summary>Its position, in units from the top left corner, and its text size.</summary>
        internal void Arrange(CanvasPlace display, Vector2 place, int fontSize)
        {
            _canvas.Place = display;
            RectTransform rectangle = Label.rectTransform;
            rectangle.anchorMin = Vector2.zero;
            rectangle.anchorMax = Vector2.one;
            rectangle.anchoredPosition = new Vector2(place.x, -place.y);
            rectangle.sizeDelta = -place;
            Label.fontSize = fontSize;
        }

        internal void Destroy()
        {
            if (_canvas != null)
            {
                Object.Destroy(_canvas.gameObject);
            }
        }
    }
}
