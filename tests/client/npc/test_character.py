"""The file of an NPC as a message: a server that gets it has the same NPC as one that reads the file."""

from pathlib import Path

import pytest

from bridge.capabilities.dialogue.npc.message import npc_of
from bridge.client import Npc
from models.npc.reading import read

EXAMPLES = sorted((Path(__file__).parents[3] / "models/npc/examples").glob("*.toml"))
ALL = """
id = "x"
name = "X"
trade = "trader"
persona = "X trades."
currency = "crown"
currency_plural = "crowns"
[[wares]]
item = "nail"
price = 0.25
stock = 0
[[wares]]
item = "water"
plural = "water"
price = 0
[[rates]]
one = "crown"
one_plural = "crowns"
worth = 20
of = "penny"
of_plural = "pence"
[[hours]]
what = "the gate"
opens = "dawn"
plural = false
[[actions]]
name = "sell"
description = "Sells."
who = "anyone"
examples = ["sell me that"]
timeout = 2.5
policy = "replace"
[actions.parameters]
type = "object"
[actions.parameters.properties.share]
type = "number"
minimum = 0.5
[[actions]]
name = "give"
description = "Gives."
who = ["friend"]
[[relations]]
who = "Tobin"
is = "brother"
"""


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_arrives_as_its_file_says(file: Path) -> None:
    assert npc_of(Npc.read(file).message) == read(file)


def test_every_key_arrives(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text(ALL)
    found = npc_of(Npc.read(str(file)).message)
    assert found == read(file)
    assert (found.actions[0].timeout, found.actions[0].policy, found.wares[0].stock) == (2.5, "replace", 0)
    assert found.hours[0].plural is False


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("id =", "npc: not valid TOML"),
        ("prize = 1", "npc: prize: no such key; there are id, name, trade"),
        ("[[wares]]\nprice_hundredths = 7", "npc: wares[0].price_hundredths: no such key"),
        ("[[wares]]\nprice = 7\n[[wares]]\nprize = 7", "npc: wares[1].prize: no such key; there are item, plural"),
        ("[[wares]]\nprice = 7.123", "npc: wares[0].price: is 7.123; use at most two decimal places"),
        ("[[wares]]\nprice = 1e30", "npc: wares[0].price: is 1E+30"),
        ('[[wares]]\nprice = "7"', "npc: wares[0].price: use a number"),
        ("[[wares]]\nstock = 99999999999999999999", "npc: wares[0].stock: is 99999999999999999999; use another"),
        ("name = 7", "npc: name: is 7; use another kind of value"),
        ("goals = 7", "npc: goals: use an array of strings"),
        ("[[hours]]\nplural = 1", "npc: hours[0].plural: is 1; use another kind of value"),
        ("wares = 7", "npc: wares: write it as tables, [[wares]]"),
        ("wares = [7]", "npc: wares[0]: write it as a table under [[wares]]"),
        ('[[actions]]\npolicy = "wait"', "npc: actions[0].policy: is 'wait'; use queue, replace or drop"),
        ("[" * 100_000, "npc: not valid TOML"),
    ],
)
def test_what_no_message_can_hold_is_said_with_its_place(text: str, wrong: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 (the text is compared)
        Npc.parse(text)
    assert wrong in str(error.value)
