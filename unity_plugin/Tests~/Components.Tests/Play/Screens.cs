using System;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Stub;
using UnityEngine.UI;

namespace FrameBridge.Components.Tests
{
    /// <summary>Whether a prefab is fully visible: on a desktop, on a phone held upright, on a very wide screen.</summary>
    internal static class Screens
    {
        private static readonly (int Width, int Height)[] Sizes = { (1920, 1080), (1080, 2340), (720, 1600), (2560, 1080) };

        internal static void AssertAllInside(Graphic[] graphics)
        {
            (int, int) before = (Screen.width, Screen.height);
            try
            {
                foreach ((int width, int height) in Sizes)
                {
                    (Screen.width, Screen.height) = (width, height);
                    StubPlayer.Ticks(2);
                    Array.ForEach(graphics, graphic => AssertInside(graphic.rectTransform, width, height));
                }
            }
            finally
            {
                (Screen.width, Screen.height) = before;
            }
        }

        private static void AssertInside(RectTransform rectangle, int width, int height)
        {
            var corners = new Vector3[4];
            rectangle.GetWorldCorners(corners);
            string name = rectangle.gameObject.name + " on " + width + " x " + height;
            Assert.That(corners[2].x, Is.GreaterThan(corners[0].x).And.LessThanOrEqualTo(width + 0.5f), name);
            Assert.That(corners[2].y, Is.GreaterThan(corners[0].y).And.LessThanOrEqualTo(height + 0.5f), name);
            Assert.That(corners[0].x, Is.GreaterThanOrEqualTo(-0.5f), name);
            Assert.That(corners[0].y, Is.GreaterThanOrEqualTo(-0.5f), name);
        }
    }
}
