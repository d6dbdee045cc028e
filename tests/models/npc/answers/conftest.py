"""A glover, of whom no benchmark knows."""

import pytest

from models.npc.answers.search import Search
from models.npc.character import Npc
from models.npc.facts import Fact, sentences
from models.npc.reading import parse

TEXT = """
id = "orla"
name = "Orla Finch"
trade = "glover"
place = "Needle Row"
persona = "Orla Finch is patient, and she hums."
currency = "florin"
currency_plural = "florins"
[[wares]]
item = "pair of riding gloves"
plural = "pairs of riding gloves"
price = 9
stock = 12
[[wares]]
item = "rabbit muff"
plural = "rabbit muffs"
price = 14
stock = 0
[[wares]]
item = "thimble"
price = 2
stock = 30
[[hours]]
what = "the workshop"
opens = "eight"
closes = "half past five"
closed = ["Sunday"]
why = "Orla sings in choir"
[[relations]]
who = "Bram"
is = "brother"
note = "he tans the hides"
[[rules]]
rule = "sells nothing to poachers"
who = ["poacher", "poachers"]
why = "they skinned her dog"
[[rules]]
rule = "sells no knives to children"
who = ["child", "children"]
why = "one of them bled"
[[facts]]
about = "the cat"
text = "The workshop cat is called Button."
[[facts]]
about = "the sign"
text = "The sign hangs crooked because a cart hit it."
[[facts]]
about = "the toilet"
text = "The toilet is behind the tannery."
[[facts]]
about = "the apprentices"
text = "Orla teaches 3 apprentices and never shouts."
[[actions]]
name = "sell"
description = "Sells the player some of an item that is in stock."
who = "anyone"
[actions.parameters]
type = "object"
required = ["item", "count"]
[actions.parameters.properties.item]
type = "string"
enum = ["pair of riding gloves", "rabbit muff", "thimble"]
[actions.parameters.properties.count]
type = "integer"
minimum = 1
maximum = 20
[[actions]]
name = "measure_hand"
description = "Measures the player's hand."
who = "anyone"
[actions.parameters]
type = "object"
"""


@pytest.fixture(scope="session")
def orla() -> Npc:
    return parse(TEXT, "orla")


@pytest.fixture(scope="session")
def search(orla: Npc) -> Search:
    return Search(orla, sentences(orla))


@pytest.fixture(scope="session")
def facts(orla: Npc) -> dict[str, Fact]:
    """By source."""
    return {fact.source: fact for fact in sentences(orla)}
