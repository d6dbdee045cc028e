using NUnit.Framework;

namespace FrameBridge.Editor.Tests
{
    /// <summary>What the sources of a sentence say in the words of the character.</summary>
    public sealed class SourceTextTests
    {
        private static readonly Npc Mara = new Npc
        {
            Currency = "silver",
            Wares = new[]
            {
                new NpcWare { Item = "room", Unit = "a night", Price = 7.5, HasStock = true, Stock = 3 },
                new NpcWare { Item = "ale", Price = 2, Currency = "copper" },
            },
            Rates = new[] { new NpcRate { One = "gold", Worth = 20, Of = "silver" } },
            Hours = new[] { new NpcHours { What = "the bar", Opens = "noon", Closes = "midnight", Closed = new[] { "Moonday" } } },
            Relations = new[] { new NpcRelation { Who = "Tobin", Role = "brother", Note = "he mends nets" } },
            Rules = new[] { new NpcRule { Rule = "never serves elves" } },
            Facts = new[] { new NpcFact { About = "dogs", Text = "Dogs sleep in the stable." } },
            Lore = new[] { new NpcLore { Title = "The flood", Text = new string('x', 500) } },
            Lines = new[] { new NpcLine { Intent = "greeting", Say = new[] { "Come in.", "Good evening." } } },
            Refusals = new[] { new NpcRefusal { Topic = "the smugglers", Say = new[] { "Not here." } } },
            Actions = new[] { new NpcAction { Name = "open_gate" } },
        };

        [TestCase("wares[0].price", "room: 7.5 silver a night")]
        [TestCase("wares[0].stock", "room: 3 in stock")]
        [TestCase("wares[1].price", "ale: 2 copper")]
        [TestCase("rates[0]", "one gold is worth 20 silver")]
        [TestCase("hours[0]", "the bar: noon to midnight, closed on Moonday")]
        [TestCase("relations[0]", "Tobin, brother: he mends nets")]
        [TestCase("rules[0]", "never serves elves")]
        [TestCase("facts[0]", "Dogs sleep in the stable.")]
        [TestCase("lines[0].say[1]", "Good evening.")]
        [TestCase("refusals[0].say[0]", "Not here.")]
        [TestCase("actions[0]", "open_gate")]
        [TestCase("memory[0]", "Ada paid her bill.")]
        [TestCase("memory[1]", "")]
        [TestCase("wares[2].price", "")]
        [TestCase("lines[0]", "greeting")]
        [TestCase("refusals[0]", "the smugglers")]
        [TestCase("refusals[1]", "")]
        [TestCase("sum", "")]
        [TestCase("action:open_gate", "")]
        [TestCase("wares[", "")]
        [TestCase("wares[x]", "")]
        [TestCase("wares[99999999999]", "")]
        public void IsInTheWordsOfTheCharacter(string source, string expected) =>
            Assert.That(SourceText.Of(source, Mara, new[] { "Ada paid her bill." }), Is.EqualTo(expected));

        [Test]
        public void OfLongLoreTheBeginningIsShown() =>
            Assert.That(SourceText.Of("lore[0]", Mara, null), Is.EqualTo(new string('x', 140) + "..."));
    }
}
