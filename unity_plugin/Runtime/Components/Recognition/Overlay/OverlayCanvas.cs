using System.Collections.Generic;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>An overlay's canvas. Boxes are pooled.</summary>
    internal sealed class OverlayCanvas
    {
        private const int BelowTheHud = 29000;

        private readonly List<OverlayBox> _boxes = new List<OverlayBox>();
        private Canvas _canvas;
        private Color _color;
        private float _lineWidth;
        private int _used;

        /// <summary>Begins a frame: boxes not placed before its end are hidden.</summary>
        internal void Begin(bool inWorld, Color color, float lineWidth)
        {
            if (_canvas == null)
            {
                _boxes.Clear(); // destroyed by a change of scenes
                _canvas = CanvasParts.Root("FrameBridge boxes", BelowTheHud);
            }

            RenderMode mode = inWorld ? RenderMode.WorldSpace : RenderMode.ScreenSpaceOverlay;
            if (_canvas.renderMode != mode)
            {
                _canvas.renderMode = mode;
                _canvas.transform.SetPositionAndRotation(Vector3.zero, Quaternion.identity);
                _canvas.transform.localScale = Vector3.one; // a unit is a metre; each box has its own scale
            }

            _canvas.enabled = true;
            _color = color;
            _lineWidth = lineWidth;
            _used = 0;
        }

        internal void Put(string name, Rect place)
        {
            OverlayBox box = Next();
            box.Put(place);
            box.Paint(name, _color, _lineWidth);
        }

        internal void Put(string name, in BoxInWorld place)
        {
            OverlayBox box = Next();
            box.Put(place);
            box.Paint(name, _color, _lineWidth);
        }

        internal void End()
        {
            for (int i = _used; i < _boxes.Count; i++)
            {
                _boxes[i].Show(false);
            }
        }

        internal void Hide()
        {
            if (_canvas != null)
            {
                _canvas.enabled = false;
            }
        }

        internal void Destroy()
        {
            if (_canvas != null)
            {
                Object.Destroy(_canvas.gameObject);
            }

            _canvas = null;
        }

        private OverlayBox Next()
        {
            if (_used == _boxes.Count)
            {
                _boxes.Add(new OverlayBox(_canvas.transform));
            }

            return _boxes[_used++];
        }
    }
}
