using System;
using System.Threading.Tasks;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Stub;
using UnityEngine.UI;

namespace FrameBridge.Components.Tests
{
    /// <summary>Canvases and rectangles of the stub have Unity's positions.</summary>
    public sealed class CanvasStubTests : PlayFixture
    {
        [Test]
        public void What_is_drawn_turns_the_transform_into_a_rectangle()
        {
            var holder = new GameObject("holder");
            holder.transform.localPosition = new Vector3(1f, 2f, 3f);
            var child = new GameObject("child");
            child.transform.SetParent(holder.transform, false);
            Transform before = holder.transform;
            Text text = holder.AddComponent<Text>();

            Assert.That(before == null, Is.True);
            Assert.That(holder.transform, Is.InstanceOf<RectTransform>());
            Assert.That(holder.transform.localPosition.z, Is.EqualTo(3f));
            Assert.That(text.rectTransform.anchoredPosition.y, Is.EqualTo(2f));
            Assert.That(child.transform.parent, Is.SameAs(holder.transform));
            Assert.That(holder.GetComponent<CanvasRenderer>(), Is.Not.Null, "required components come along");
        }

        [Test]
        public void A_canvas_over_the_screen_has_its_size()
        {
            Canvas canvas = MakeCanvas(RenderMode.ScreenSpaceOverlay);
            canvas.scaleFactor = 2f;
            var whole = (RectTransform)canvas.transform;

            Assert.That(whole.rect.size, Is.EqualTo(new Vector2(Screen.width / 2f, Screen.height / 2f)));
            Assert.That(Corner(whole, 0).x, Is.Zero);
            Assert.That(Corner(whole, 2).y, Is.EqualTo(Screen.height));
        }

        [TestCase(0f, 0f, 1f, 1f, -20f, -10f, 5f, 5f, 0.5f, 0.5f)] // stretched, 10 and 5 from the edges, moved by 5
        [TestCase(1f, 1f, 1f, 1f, 100f, 50f, -10f, -20f, 1f, 1f)] // at the top right
        [TestCase(0.25f, 0f, 0.75f, 0f, 0f, 30f, 0f, 0f, 0f, 0f)] // half the width along the bottom
        public void A_rectangle_lies_between_its_anchors(
            float minX, float minY, float maxX, float maxY, float width, float height, float x, float y, float pivotX, float pivotY)
        {
            Canvas canvas = MakeCanvas(RenderMode.ScreenSpaceOverlay);
            RectTransform made = new GameObject("inner", typeof(RectTransform)).GetComponent<RectTransform>();
            made.SetParent(canvas.transform, false);
            made.anchorMin = new Vector2(minX, minY);
            made.anchorMax = new Vector2(maxX, maxY);
            made.pivot = new Vector2(pivotX, pivotY);
            made.sizeDelta = new Vector2(width, height);
            made.anchoredPosition = new Vector2(x, y);

            float left = (minX * Screen.width) + x - (width * pivotX); // as Unity's offsetMin says
            float right = (maxX * Screen.width) + x + (width * (1f - pivotX));
            float bottom = (minY * Screen.height) + y - (height * pivotY);
            float top = (maxY * Screen.height) + y + (height * (1f - pivotY));
            Assert.That(Corner(made, 0).x, Is.EqualTo(left).Within(1e-3f));
            Assert.That(Corner(made, 2).x, Is.EqualTo(right).Within(1e-3f));
            Assert.That(Corner(made, 0).y, Is.EqualTo(bottom).Within(1e-3f));
            Assert.That(Corner(made, 2).y, Is.EqualTo(top).Within(1e-3f));
            Assert.That(made.offsetMin.x, Is.EqualTo(x - (width * pivotX)).Within(1e-3f));
        }

        [Test]
        public void Moving_a_rectangle_changes_its_anchored_position()
        {
            Canvas canvas = MakeCanvas(RenderMode.WorldSpace);
            canvas.transform.localScale = new Vector3(0.01f, 0.01f, 0.01f);
            canvas.transform.SetPositionAndRotation(new Vector3(1f, 0f, 0f), Quaternion.Euler(0f, 90f, 0f));
            RectTransform made = new GameObject("inner", typeof(RectTransform)).GetComponent<RectTransform>();
            made.SetParent(canvas.transform, false);
            made.position = new Vector3(1f, 0.5f, -0.2f);

            Assert.That(Vector3.Distance(made.position, new Vector3(1f, 0.5f, -0.2f)), Is.LessThan(1e-4f));
            Assert.That(made.anchoredPosition.x, Is.EqualTo(20f).Within(1e-3f));
            Assert.That(made.anchoredPosition.y, Is.EqualTo(50f).Within(1e-3f));
        }

        [Test]
        public void A_new_parent_leaves_it_where_it_was_unless_told_otherwise()
        {
            var parent = new GameObject("parent");
            parent.transform.position = new Vector3(5f, 0f, 0f);
            var one = new GameObject("one");
            var two = new GameObject("two");
            one.transform.SetParent(parent.transform);
            two.transform.SetParent(parent.transform, false);

            Assert.That(one.transform.position.x, Is.Zero);
            Assert.That(two.transform.position.x, Is.EqualTo(5f));
        }

        [Test]
        public void Only_the_main_thread_may_touch_it()
        {
            Text text = MakeCanvas(RenderMode.WorldSpace).gameObject.AddComponent<Text>();
            Action[] calls = { () => text.text = "x", () => text.rectTransform.sizeDelta = Vector2.one };
            foreach (Action call in calls)
            {
                Assert.That(Task.Run(() => Assert.Catch(() => call())).Result, Is.TypeOf<UnityException>());
            }
        }

        [Test]
        public void Letters_without_a_font_are_not_seen()
        {
            Text text = new GameObject("text").AddComponent<Text>();
            text.transform.SetParent(MakeCanvas(RenderMode.ScreenSpaceOverlay).transform, false);
            text.text = "Hello";
            Assert.That(text.StubIsDrawn, Is.False);

            text.font = Resources.GetBuiltinResource<Font>("LegacyRuntime.ttf");
            Assert.That(text.StubIsDrawn, Is.True);
            Assert.That(Resources.GetBuiltinResource<Font>("Arial.ttf"), Is.Null);
        }

        private static Canvas MakeCanvas(RenderMode mode)
        {
            Canvas canvas = new GameObject("canvas").AddComponent<Canvas>();
            canvas.renderMode = mode;
            return canvas;
        }

        private static Vector3 Corner(RectTransform of, int index)
        {
            var corners = new Vector3[4];
            of.GetWorldCorners(corners);
            return corners[index];
        }
    }
}
