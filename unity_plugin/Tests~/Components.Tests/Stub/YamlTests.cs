using System.Collections.Generic;
using System.IO;
using System.Linq;
using NUnit.Framework;
using UnityEngine.Stub;

namespace FrameBridge.Components.Tests
{
    /// <summary>The part of YAML that Unity writes is read as Unity reads it.</summary>
    public sealed class YamlTests
    {
        private const string Head = "%YAML 1.1\n%TAG !u! tag:unity3d.com,2011:\n";

        [Test]
        public void A_file_is_its_documents()
        {
            List<YamlDocument> all = YamlDocument.ReadAll(
                Head + "--- !u!1 &12\nGameObject:\n  m_Name: One\n--- !u!114 &-34 stripped\nMonoBehaviour:\n  m_Enabled: 1\n");

            Assert.That(all.Select(each => (each.ClassId, each.FileId, each.IsStripped, each.Kind)), Is.EqualTo(new[]
            {
                (1, 12L, false, "GameObject"),
                (114, -34L, true, "MonoBehaviour"),
            }));
            Assert.That(all[0].Body.TextOf("m_Name"), Is.EqualTo("One"));
        }

        [TestCase("plain words", "plain words")]
        [TestCase("", "")]
        [TestCase("with: a colon's apostrophe", "with: a colon's apostrophe")]
        [TestCase("over two\n    lines", "over two lines")]
        [TestCase("over\n\n    an empty line", "over\nan empty line")]
        [TestCase("'quoted: it''s'", "quoted: it's")]
        [TestCase("'\n\n    - 1'", "\n- 1")]
        [TestCase("'over\n    two'", "over two")]
        [TestCase("\"\\u00e9\\xe9 \\\"said\\\" \\\\ \\n\"", "\u00e9\u00e9 \"said\" \\ \n")]
        [TestCase("\"over\n    two\"", "over two")]
        [TestCase("\"joined\\\n    \\ here\"", "joined here")]
        [TestCase("{}", "")]
        public void Text(string written, string read)
        {
            YamlMap body = Read("  before: 1\n  it: " + written + "\n  after: 2\n");

            Assert.That(body.TextOf("it"), Is.EqualTo(read));
            Assert.That(body.Keys, Is.EqualTo(new[] { "before", "it", "after" }));
            Assert.That(body.TextOf("after"), Is.EqualTo("2"));
        }

        [Test]
        public void Lists_and_maps()
        {
            YamlMap body = Read(
                "  m_Children:\n  - {fileID: 1}\n  - {fileID: 2, guid: 00ff,\n      type: 3}\n  near clip plane: 0.3\n"
                + "  m_Calls:\n  - m_Target: {fileID: 7}\n    m_Arguments:\n      m_IntArgument: 4\n  - m_Target: {fileID: 8}\n"
                + "  none: []\n  words: [one, 'two, three']\n  deep:\n    - - 1\n      - 2\n");

            Assert.That(body.ListOf("m_Children").Select(each => ((YamlMap)each).TextOf("fileID")), Is.EqualTo(new[] { "1", "2" }));
            Assert.That(((YamlMap)body.ListOf("m_Children")[1]).TextOf("type"), Is.EqualTo("3"));
            Assert.That(body.TextOf("near clip plane"), Is.EqualTo("0.3"));
            var call = (YamlMap)body.ListOf("m_Calls")[0];
            Assert.That(((YamlMap)call["m_Arguments"]).TextOf("m_IntArgument"), Is.EqualTo("4"));
            Assert.That(body.ListOf("m_Calls"), Has.Count.EqualTo(2));
            Assert.That(body.ListOf("none"), Is.Empty);
            Assert.That(body.ListOf("words").Select(each => each.Text), Is.EqualTo(new[] { "one", "two, three" }));
            Assert.That(((YamlList)body.ListOf("deep")[0]).Items.Select(each => each.Text), Is.EqualTo(new[] { "1", "2" }));
        }

        [TestCase("hello")]
        [TestCase(Head + "--- !u!1 &1\nGameObject:\n  no value\n")]
        [TestCase(Head + "--- !u!1 &1\nGameObject:\n  open: {fileID: 1\n")]
        public void What_is_no_such_file_is_refused(string text) =>
            Assert.Throws<InvalidDataException>(() => YamlDocument.ReadAll(text));

        private static YamlMap Read(string body) => YamlDocument.ReadAll(Head + "--- !u!1 &1\nGameObject:\n" + body)[0].Body;
    }
}
