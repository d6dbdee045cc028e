using System;
using System.IO;
using NUnit.Framework;
using UnityEditor;
using UnityEditor.Build.Reporting;

namespace FrameBridge.Editor.Tests
{
    public sealed class InfoPlistTests : Fixture
    {
        private const string Plist =
            "<?xml version=\"1.0\"?>\n<plist version=\"1.0\">\n  <dict>\n    <key>A</key>\n    <dict>\n    </dict>\n  </dict>\n</plist>\n";

        [Test]
        public void TheTextGoesIntoTheOuterDictionary()
        {
            var after = InfoPlist.With(Plist, "Key", "ours & <theirs>");

            var document = System.Xml.Linq.XDocument.Parse(after);
            var names = document.Root.Element("dict").Elements("key");
            Assert.That(names, Has.Exactly(1).Matches<System.Xml.Linq.XElement>(name => name.Value == "Key"));
            Assert.That(document.Root.Element("dict").Element("string").Value, Is.EqualTo("ours & <theirs>"));
        }

        [Test]
        public void ATextThatIsThereStays()
        {
            var once = InfoPlist.With(Plist, "Key", "first");

            Assert.That(InfoPlist.With(once, "Key", "second"), Is.EqualTo(once));
        }

        [Test]
        public void WhatIsNoPlistIsRefused() =>
            Assert.Throws<FormatException>(() => InfoPlist.With("nothing", "Key", "text"));

        [TestCase(BuildTarget.iOS, true)]
        [TestCase(BuildTarget.Android, false)]
        public void OnlyAppleBuildsAreTouched(BuildTarget target, bool touched)
        {
            var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N")));
            try
            {
                var file = Path.Combine(folder.FullName, "Info.plist");
                File.WriteAllText(file, Plist);
                ProjectChoices.instance.LocalNetworkText = "why";
                var summary = new BuildSummary { platform = target, outputPath = folder.FullName };

                new AppleBuild().OnPostprocessBuild(new BuildReport { summary = summary });

                Assert.That(File.ReadAllText(file).Contains(InfoPlist.LocalNetworkKey), Is.EqualTo(touched));
            }
            finally
            {
                folder.Delete(true);
            }
        }
    }
}
