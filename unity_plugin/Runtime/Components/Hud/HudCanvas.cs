using UnityEngine;
using UnityEngine.UI;

namespace FrameBridge
{
    /// <summary>The canvas of a HUD that was given no label.</summary>
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

        /// <summary>Where the HUD writes.</summary>
        internal Text Label { get; }

        /// <summary>False once somebody else has destroyed it, as a change of scenes does.</summary>
        internal bool IsThere => _canvas != null && Label != null;

        /// <summary>Where it is, in units from the top left corner, and how high its letters are.</summary>
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
