using NUnit.Framework;

namespace FrameBridge.Editor.Tests
{
    public sealed class DefineSymbolsTests
    {
        [TestCase("", "A")]
        [TestCase("B;C", "B;C;A")]
        [TestCase("A;B", "A;B")]
        [TestCase("AA", "AA;A")]
        public void With(string before, string after) => Assert.That(DefineSymbols.With(before, "A"), Is.EqualTo(after));

        [TestCase("A", "")]
        [TestCase("B;A;C", "B;C")]
        [TestCase("B;AA", "B;AA")]
        [TestCase("", "")]
        public void Without(string before, string after) =>
            Assert.That(DefineSymbols.Without(before, "A"), Is.EqualTo(after));
    }
}
