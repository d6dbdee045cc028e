using System;
using System.Collections.Generic;
using System.Linq;

namespace FrameBridge
{
    /// <summary>
    /// Makes a character of a table, or says all that is wrong with it at once: with the server's limits and in its words.
    /// </summary>
    internal static class NpcReader
    {
        private const int MostWares = 256;
        private const int MostFacts = 2_000;
        private const int MostLore = 10_000;
        private const int MostFew = 64;
        private const int MostSeconds = 60;
        private const int Name = 64;
        private const int Short = 160;
        private const int Sentence = 400;
        private const int Passage = 2_000;
        private static readonly string[] Policies = { "queue", "replace", "drop" };

        /// <summary>The character; <paramref name="problems"/> gets a sentence for each fault.</summary>
        public static Npc Read(DataTable found, List<string> problems)
        {
            var top = new TableReader(found, string.Empty, problems);
            var npc = new Npc { Id = top.Text("id", Name, example: "mara") };
            if (npc.Id.Length > 0 && !IsId(npc.Id))
            {
                top.Wrong("id", $"is {Hints.Shown(npc.Id)}; use small letters, digits and -, at most 64");
            }

            npc.Name = top.Text("name", Name, example: "Mara Quill");
            npc.Trade = top.Text("trade", Name, example: "innkeeper");
            npc.Place = top.Text("place", Short, required: false, example: "the Drowned Lantern in Saltmere");
            npc.Persona = top.Text("persona", Passage, example: "Mara ran away from a fishing family. She is brisk and kind.");
            npc.Style = top.Text("style", Short, required: false, example: "short sentences, dry humour");
            npc.Voice = top.Text("voice", Name, required: false, example: "warm-alto");
            npc.Goals = top.Texts("goals", 8, Short, example: "fill the rooms before the fair");
            (npc.Currency, npc.CurrencyPlural) = Currency(top, "currency");
            npc.Wares = Each(top, "wares", MostWares, table => Ware(table, npc.Currency.Length > 0));
            npc.Rates = Each(top, "rates", MostFew, Rate);
            npc.Hours = Each(top, "hours", MostFew, Hours);
            npc.Relations = Each(top, "relations", MostWares, Relation);
            npc.Rules = Each(top, "rules", MostFew, Rule);
            npc.Facts = Each(top, "facts", MostFacts, Fact);
            npc.Lore = Each(top, "lore", MostLore, Lore);
            npc.Lines = Each(top, "lines", MostFew, Line);
            npc.Actions = Each(top, "actions", MostFew, Action);
            npc.Refusals = Each(top, "refusals", MostFew, Refusal);
            top.Close();
            AddCollisions(npc, problems);
            return npc;
        }

        private static T[] Each<T>(TableReader top, string key, int most, Func<TableReader, T> build)
        {
            var built = new List<T>();
            foreach (var table in top.Tables(key, most))
            {
                built.Add(build(table));
                table.Close();
            }

            return built.ToArray();
        }

        private static (string One, string Many) Currency(TableReader table, string key)
        {
            var one = table.Text(key, Name, required: false, example: "silver");
            var many = table.Text(key + "_plural", Name, required: false, example: "crowns");
            if (many.Length > 0 && one.Length == 0)
            {
                table.Wrong(key + "_plural", $"has no {key} beside it");
            }

            return (one, many);
        }

        private static NpcWare Ware(TableReader table, bool hasCurrency)
        {
            var ware = new NpcWare
            {
                Item = table.Text("item", Name, example: "room"),
                Plural = table.Text("plural", Name, required: false, example: "rooms"),
                Unit = table.Text("unit", Name, required: false, example: "a night"),
                Price = (double)(table.Amount("price", example: 7) ?? 0),
            };
            (ware.Currency, ware.CurrencyPlural) = Currency(table, "currency");
            if (!hasCurrency && ware.Currency.Length == 0)
            {
                table.Wrong("currency", "is missing here and at the top of the file; write currency = \"silver\" at the top");
            }

            var stock = table.Whole("stock", example: 3);
            ware.HasStock = stock.HasValue;
            ware.Stock = stock ?? 0;
            var item = ware.Item.ToLowerInvariant();
            if (item.StartsWith("a ", StringComparison.Ordinal) || item.StartsWith("an ", StringComparison.Ordinal))
            {
                table.Wrong("item", $"is {Hints.Shown(ware.Item)}; leave out the article");
            }

            if (item.StartsWith("the ", StringComparison.Ordinal) && ware.Stock > 1)
            {
                table.Wrong("stock", $"is {ware.Stock}, but {Hints.Shown(ware.Item)} is one of a kind; leave out 'the', or use 0 or 1");
            }

            return ware;
        }

        private static NpcRate Rate(TableReader table)
        {
            var rate = new NpcRate();
            (rate.One, rate.OnePlural) = Currency(table, "one");
            (rate.Of, rate.OfPlural) = Currency(table, "of");
            if (rate.One.Length == 0)
            {
                table.Wrong("one", "is missing; write what is exchanged, such as one = \"gold\"");
            }

            if (rate.Of.Length == 0)
            {
                table.Wrong("of", "is missing; write what it is exchanged for, such as of = \"silver\"");
            }

            var worth = table.Amount("worth", example: 20);
            if (worth == 0)
            {
                table.Wrong("worth", "is 0; use a number above 0");
            }

            rate.Worth = (double)(worth ?? 0);
            return rate;
        }

        private static NpcHours Hours(TableReader table)
        {
            var hours = new NpcHours
            {
                What = table.Text("what", Name, example: "the kitchen"),
                Opens = table.Text("opens", Short, required: false, example: "noon"),
                Closes = table.Text("closes", Short, required: false, example: "an hour after dark"),
                Closed = table.Texts("closed", 14, Short, example: "Moonday"),
                Why = table.Text("why", Sentence, required: false, example: "the cook rests"),
            };
            var several = table.Flag("plural");
            hours.Plural = !several.HasValue ? NpcPlural.ByName : several.Value ? NpcPlural.Several : NpcPlural.One;
            if (hours.Opens.Length + hours.Closes.Length + hours.Closed.Length == 0)
            {
                table.Wrong("opens", "is missing, and so are closes and closed; write at least one of them");
            }

            if (hours.Why.Length > 0 && hours.Closed.Length == 0)
            {
                table.Wrong("why", "says why it is closed, but closed is missing; write when it is closed");
            }

            return hours;
        }

        private static NpcRelation Relation(TableReader table) => new NpcRelation
        {
            Who = table.Text("who", Name, example: "Tobin"),
            Role = table.Text("is", Short, example: "brother"),
            Note = table.Text("note", Sentence, required: false, example: "he mends nets"),
        };

        private static NpcRule Rule(TableReader table) => new NpcRule
        {
            Rule = table.Text("rule", Sentence, example: "never serves elves"),
            Who = table.Texts("who", 16, Name, example: "elves"),
            Why = table.Text("why", Sentence, required: false, example: "they burned the old inn"),
        };

        private static NpcFact Fact(TableReader table) => new NpcFact
        {
            About = table.Text("about", Short, example: "the cellar door"),
            Text = table.Text("text", Sentence, example: "The cellar door is locked at dusk because of rats."),
        };

        private static NpcLore Lore(TableReader table) =>
            new NpcLore { Title = table.Text("title", Short, example: "The flood"), Text = table.Text("text", Passage) };

        private static NpcLine Line(TableReader table)
        {
            var intent = table.Text("intent", Name, example: "greeting");
            if (intent.Length > 0 && !IsWord(intent))
            {
                table.Wrong("intent", $"is {Hints.Shown(intent)}; use small letters, digits and _");
            }

            bool unsaid = intent == "unknown" || intent == "held"; // nobody says something that these answer
            var examples = table.Texts("examples", 32, Short, least: unsaid ? 0 : 1, example: "good evening to you");
            return new NpcLine { Intent = intent, Examples = examples, Say = Said(table) };
        }

        private static NpcRefusal Refusal(TableReader table) => new NpcRefusal
        {
            Topic = table.Text("topic", Short, example: "the smugglers"),
            Examples = table.Texts("examples", 32, Short, least: 1, example: "who brings the brandy in at night"),
            Say = Said(table),
        };

        private static string[] Said(TableReader table)
        {
            var say = table.Texts("say", 32, Sentence, least: 1, example: "Evening, {player}.");
            for (var i = 0; i < say.Length; i++)
            {
                foreach (var problem in SlotCheck.Problems(say[i]))
                {
                    table.Wrong($"say[{i}]", problem);
                }
            }

            return say;
        }

        private static NpcAction Action(TableReader table)
        {
            var name = table.Text("name", Name, example: "open_shop");
            if (name.Length > 0 && !IsWord(name))
            {
                table.Wrong("name", $"is {Hints.Shown(name)}; use small letters, digits and _");
            }

            var action = new NpcAction
            {
                Name = name, Description = table.Text("description", Sentence, example: "Shows the wares to the player."),
            };
            var parameters = table.Table("parameters");
            if (parameters != null)
            {
                SchemaCheck.Check(parameters, table.At("parameters"), table.Problems);
                action.ParametersJson = JsonTree.Write(parameters);
            }

            action.Who = Allowed(table);
            action.Examples = table.Texts("examples", 32, Short, example: "let me see what you have");
            action.TimeoutSeconds = Timeout(table);
            action.Policy = Policy(table);
            return action;
        }

        private static string[] Allowed(TableReader table)
        {
            var who = table.Either("who");
            if (who == null || (who is string anyone && anyone == "anyone"))
            {
                return Array.Empty<string>();
            }

            if (who is string role)
            {
                var cut = role.Length > Name ? role.Substring(0, Name) : role;
                table.Wrong("who", $"is {Hints.Shown(role)}; use \"anyone\" or an array of roles, such as who = [\"{cut}\"]");
                return Array.Empty<string>();
            }

            return table.Texts("who", 16, Name, least: 1, example: "friend");
        }

        private static double Timeout(TableReader table)
        {
            var seconds = table.Either("timeout") == null ? null : table.Amount("timeout", example: 5);
            if (seconds.HasValue && (seconds <= 0 || seconds > MostSeconds))
            {
                table.Wrong("timeout", $"is {seconds.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)} seconds; use up to {MostSeconds}, above 0");
            }

            return (double)(seconds ?? 0);
        }

        private static NpcActionPolicy Policy(TableReader table)
        {
            var policy = table.Text("policy", Name, required: false, example: "queue");
            var number = Array.IndexOf(Policies, policy);
            if (policy.Length > 0 && number < 0)
            {
                table.Wrong("policy", $"is {Hints.Shown(policy)}; use {string.Join(", ", Policies)}");
            }

            return (NpcActionPolicy)(number + 1);
        }

        /// <summary>What is there twice, where one name has to mean one thing.</summary>
        private static void AddCollisions(Npc npc, List<string> problems)
        {
            AddCollisions("wares", "item", npc.Wares.Select(ware => ware.Item), problems);
            AddCollisions("lines", "intent", npc.Lines.Select(line => line.Intent), problems);
            AddCollisions("actions", "name", npc.Actions.Select(action => action.Name), problems);
            AddCollisions("refusals", "topic", npc.Refusals.Select(refusal => refusal.Topic), problems);
        }

        private static void AddCollisions(string table, string key, IEnumerable<string> names, List<string> problems)
        {
            var first = new Dictionary<string, string>();
            var number = 0;
            foreach (var name in names)
            {
                var place = $"{table}[{number++}].{key}";
                if (name.Length > 0 && !first.TryAdd(name.ToLowerInvariant(), place))
                {
                    problems.Add($"{place}: {Hints.Shown(name)} is already at {first[name.ToLowerInvariant()]}; keep one of them");
                }
            }
        }

        private static bool IsId(string text) => text.Length <= 64 && text.All(letter => IsSmall(letter) || letter == '-');

        private static bool IsWord(string text) =>
            text.Length <= 64 && text[0] >= 'a' && text[0] <= 'z' && text.All(letter => IsSmall(letter) || letter == '_');

        private static bool IsSmall(char letter) => (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
    }
}
