using UnityEngine;
using UnityEngine.UI;

namespace FrameBridge
{
    /// <summary>Four lines and a name. Unchanged values are not set again, as that would rebuild the mesh.</summary>
    internal sealed class OverlayBox
    {
        private static readonly Vector2 NamePlace = new Vector2(4f, -2f);

        private readonly RectTransform _frame;
        private readonly Image[] _lines = new Image[4];
        private readonly Text _name;
        private Vector2 _size;
        private float _lineWidth;
        private string _written;
        private bool _shown = true;

        internal OverlayBox(Transform canvas)
        {
            _frame = CanvasParts.Rectangle("Box", canvas);
            Edge(0, "Top", new Vector2(0f, 1f), new Vector2(1f, 1f));
            Edge(1, "Bottom", new Vector2(0f, 0f), new Vector2(1f, 0f));
            Edge(2, "Left", new Vector2(0f, 0f), new Vector2(0f, 1f));
            Edge(3, "Right", new Vector2(1f, 0f), new Vector2(1f, 1f));
            _name = CanvasParts.Label("Name", _frame);
            _name.rectTransform.anchoredPosition = NamePlace;
        }

        /// <summary>Over the screen, in pixels from the top left corner.</summary>
        internal void Put(Rect place)
        {
            _frame.localScale = Vector3.one;
            _frame.localRotation = Quaternion.identity;
            _frame.anchoredPosition3D = new Vector3(place.x, -place.y, 0f);
            Resize(place.width, place.height);
        }

        internal void Put(in BoxInWorld place)
        {
            var toCorner = new Vector3(-place.Width / 2f, place.Height / 2f, 0f);
            _frame.localScale = new Vector3(place.Pixel, place.Pixel, place.Pixel);
            _frame.SetPositionAndRotation(place.Centre + (place.Turn * toCorner), place.Turn);
            Resize(place.Width / place.Pixel, place.Height / place.Pixel);
        }

        internal void Paint(string name, Color color, float lineWidth)
        {
            Show(true);
            if (!ReferenceEquals(name, _written))
            {
                _written = name;
                _name.text = name;
            }

            _name.color = color;
            foreach (Image line in _lines)
            {
                line.color = color;
            }

            if (lineWidth != _lineWidth)
            {
                _lineWidth = lineWidth;
                _lines[0].rectTransform.sizeDelta = new Vector2(0f, lineWidth);
                _lines[1].rectTransform.sizeDelta = new Vector2(0f, lineWidth);
                _lines[2].rectTransform.sizeDelta = new Vector2(lineWidth, 0f);
                _lines[3].rectTransform.sizeDelta = new Vector2(lineWidth, 0f);
            }
        }

        internal void Show(bool shown)
        {
            if (shown != _shown)
            {
                _shown = shown;
                _frame.gameObject.SetActive(shown);
            }
        }

        private void Resize(float width, float height)
        {
            var size = new Vector2(width, height);
            if (size != _size)
            {
                _size = size;
                _frame.sizeDelta = size;
            }
        }

        private void Edge(int index, string name, Vector2 from, Vector2 to)
        {
            Image line = CanvasParts.Fill(name, _frame);
            line.rectTransform.anchorMin = from;
            line.rectTransform.anchorMax = to;
            line.rectTransform.pivot = new Vector2(index == 3 ? 1f : 0f, index == 1 ? 0f : 1f); // lines are inside the box
            line.rectTransform.anchoredPosition = Vector2.zero;
            _lines[index] = line;
        }
    }
}
