using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Arguments are read as System.Text.Json reads them, and damaged ones do no harm.</summary>
    public class ArgumentsTests
    {
        private static readonly Gen<string> Texts = Gen.OneOf(Gen.String[0, 12], Gen.OneOf(Gen.Const("a\"b\\c/\n"), Gen.Const("größer 🎮"), Gen.Const("}],{\":")));

        [Test]
        public void WhatIsWrittenIsRead() => Gen.Select(Texts, Texts, Gen.Int, Gen.Double[-1e9, 1e9], Gen.Bool, Gen.Select(Texts.Array[0, 4], Gen.Int.Array[0, 4])).Sample(
            (text, other, whole, number, flag, lists) =>
            {
                var (texts, numbers) = lists;
                var json = JsonSerializer.Serialize(
                    new Dictionary<string, object>
                    {
                        ["other"] = new Dictionary<string, object> { ["text"] = other, ["whole"] = "no" },
                        ["text"] = text,
                        ["whole"] = whole,
                        ["number"] = number,
                        ["flag"] = flag,
                        ["texts"] = texts,
                        ["numbers"] = numbers,
                    },
                    new JsonSerializerOptions { WriteIndented = flag, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }); // \" for a quote, not \u0022
                var arguments = new ActionArguments(json);
                Assert.That((arguments.GetText("text"), arguments.GetInt("whole"), arguments.GetNumber("number"), arguments.GetBool("flag", !flag)), Is.EqualTo((text, whole, number, flag)));
                Assert.That(arguments.GetObject("other").GetText("text"), Is.EqualTo(other));
                var (readTexts, readNumbers) = (new List<string>(), new List<double>());
                arguments.GetTexts("texts", readTexts);
                arguments.GetNumbers("numbers", readNumbers);
                Assert.That((readTexts, readNumbers), Is.EqualTo((texts.ToList(), numbers.Select(each => (double)each).ToList())));
                Assert.That(arguments.GetChoice("text", new[] { other + "x", text }), Is.EqualTo(text == other + "x" ? 0 : 1));
            });

        [Test]
        public void WhatIsNotThereIsWhatTheGameSays()
        {
            foreach (var arguments in new[] { default, new ActionArguments("{}"), new ActionArguments("[1]"), new ActionArguments("{\"a\": null}") })
            {
                Assert.That((arguments.GetText("a", "x"), arguments.GetInt("a", 3), arguments.GetNumber("a", 0.5), arguments.GetBool("a", true)), Is.EqualTo(("x", 3, 0.5, true)));
                Assert.That((arguments.GetChoice("a", new[] { "null" }), arguments.GetObject("a").Json), Is.EqualTo((-1, "{}")));
            }

            Assert.That(new ActionArguments("{\"nights\": 2}").Has("night"), Is.False);
        }

        [Test]
        public void DamagedArgumentsNeverThrow() => Gen.String[Gen.Char["{}[]\",:\\ua1-.e tnf"], 0, 60].Sample(
            json =>
            {
                var arguments = new ActionArguments(json);
                arguments.GetText("a");
                arguments.GetNumber("a");
                arguments.GetChoice("a", new[] { "b" });
                arguments.GetTexts("a", new List<string>());
                arguments.GetObject("a").GetNumbers("a", new List<double>());
            },
            iter: 20000);

        [Test]
        public void DeepNestingIsNoHarm()
        {
            var deep = "{\"a\": " + new string('[', 100_000) + new string(']', 100_000) + ", \"b\": 7}";
            Assert.That(new ActionArguments(deep).GetInt("b"), Is.EqualTo(7));
        }
    }
}
