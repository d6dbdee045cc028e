using System.Linq;
using NUnit.Framework;

namespace FrameBridge.Editor.Tests
{
    /// <summary>The Doctor in the project that it stands in.</summary>
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
                Assert.IsTrue(check.Examine().Any(), check.GetType().Name);
            }
        }

        [Test]
        public void WhatIsNotFineSaysItsMend()
        {
            foreach (var finding in new LibraryCheck(() => new string[0]).Examine())
            {
                Assert.AreEqual(finding.Level == FindingLevel.Fine, finding.Mend.Length == 0, finding.Found);
            }
        }

        [Test]
        public void TheDefineAndTheLibrariesSayTheSame() =>
            Assert.IsFalse(new LibraryCheck().Settle(), "the define had to be changed; Unity compiles anew now");
    }
}
