using System.Linq;
using NUnit.Framework;

namespace FrameBridge.Editor.Tests
{
    /// <summary>The Doctor in the current project.</summary>
    public sealed class ProjectTests
    {
        [Test]
        public void EveryQuickCheckHasSomethingToSay()
        {
            var checks = new QuickCheck[]
            {
                new LibraryCheck(), new HandlerCheck(), new PlayerCheck(), new AndroidCheck(), new AppleCheck(),
            };
            foreach (var check in checks)
            {
                Assert.That(check.Examine().Any(), Is.True, check.GetType().Name);
            }
        }

        [Test]
        public void WhatIsNotFineSaysItsMend()
        {
            foreach (var finding in new LibraryCheck(() => new ProjectLibrary[0]).Examine())
            {
                Assert.That(finding.Mend.Length == 0, Is.EqualTo(finding.Level == FindingLevel.Fine), finding.Found);
            }
        }

        [Test]
        public void TheDefineAndTheLibrariesSayTheSame() =>
            Assert.That(new LibraryCheck().Settle(), Is.False, "the define had to be changed; Unity recompiles now");
    }
}
