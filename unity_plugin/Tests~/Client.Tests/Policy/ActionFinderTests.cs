using System.Collections.Generic;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Actions are found however the reply is cut into pieces.</summary>
    public class ActionFinderTests
    {
        private static readonly string[] Known = { "wave", "open gate" };

        [TestCase("Hello [wave] friend", "wave")]
        [TestCase("*Wave* Hello", "wave")]
        [TestCase("[open gate] and *wave*", "open gate,wave")]
        [TestCase("[dance] [ wave ]", "wave")]
        [TestCase("2 * 3 and *wave*", "wave")]
        [TestCase("**wave**", "wave")]
        [TestCase("no [unclosed", "")]
        [TestCase("wave", "")]
        public void InEveryCut(string reply, string expected)
        {
            for (var cut = 0; cut <= reply.Length; cut++)
            {
                Assert.That(string.Join(",", Find(reply[..cut], reply[cut..])), Is.EqualTo(expected), $"cut at {cut}");
            }
        }

        [Test]
        public void AnEndlessNameIsGivenUp() => Assert.That(Find("[" + new string('x', 500), "wave] [wave]"), Is.EqualTo(new[] { "wave" }));

        private static List<string> Find(params string[] pieces)
        {
            var finder = new ActionFinder(Known);
            var found = new List<string>();
            foreach (var piece in pieces)
            {
                var at = 0;
                for (var name = finder.Next(piece, ref at); name != null; name = finder.Next(piece, ref at))
                {
                    found.Add(name);
                }
            }

            return found;
        }
    }
}
