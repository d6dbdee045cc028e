"""Arguments of actions: what a line leaves open, what fits a schema, what the facts are against."""

import json
from typing import Any

import pytest

from models.npc.character import Action, Npc
from models.npc.reading import parse
from models.npc.replies.arguments import contradicted, misfit, narrowed

TEXT = """
id = "mara"
name = "Mara Quill"
trade = "innkeeper"
persona = "She is kind."
currency = "silver"
[[wares]]
item = "room"
unit = "a night"
price = 7
stock = 3
[[wares]]
item = "iron sword"
price = 20
stock = 0
[[wares]]
item = "steel sword"
price = 40
"""


@pytest.fixture(scope="module")
def mara() -> Npc:
    return parse(TEXT, "mara")


def action(required: tuple[str, ...] = (), **properties: Any) -> Action:
    schema = {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
    return Action("hand_over", "Hands over what the player buys.", json.dumps(schema))


WHOLE = {"type": "integer", "minimum": 1, "maximum": 14}
TEXT_OF = {"type": "string", "maxLength": 60}
SWORDS = {"type": "string", "enum": ["iron sword", "steel sword"]}


@pytest.mark.parametrize(
    ("properties", "said", "arguments"),
    [
        ({"nights": WHOLE}, "A room for three nights, please.", {"nights": 3}),
        ({"nights": WHOLE}, "Two rooms for a week.", {"nights": 7}),
        ({"nights": WHOLE}, "I'd like a room.", {"nights": 1}),
        ({"item": TEXT_OF, "count": WHOLE}, "Two steel swords, please.", {"item": "steel sword", "count": 2}),
        ({"item": SWORDS}, "The iron sword!", {"item": "iron sword"}),
        ({"name": TEXT_OF}, "Write it down, my name is Joan Ardley.", {"name": "Joan Ardley"}),
        ({"name": TEXT_OF}, "Write me down.", {"name": "Alaric"}),
        ({"subject": TEXT_OF}, "Do you know anything about the siege of Carrow?", {"subject": "siege of Carrow"}),
        ({"loan": WHOLE, "thing": TEXT_OF}, "Lend me 12 for this silver locket.", None),
        ({}, "Whatever.", {}),
    ],
)
def test_what_a_line_says_settles_the_arguments(
    mara: Npc, properties: dict[str, Any], said: str, arguments: dict[str, Any] | None
) -> None:
    found = narrowed(mara, action(tuple(properties), **properties), said, player="Alaric")
    assert found.settled == arguments
    assert not found.missing
    assert found.outside is None


def test_several_possibilities_are_left_to_choose_from(mara: Npc) -> None:
    found = narrowed(mara, action(("item",), item=SWORDS), "Sell me a sword.")
    assert found.settled is None
    assert found.schema["properties"]["item"]["enum"] == ["iron sword", "steel sword"]


def test_nothing_is_made_up(mara: Npc) -> None:
    assert narrowed(mara, action(("item",), item=SWORDS), "Something sharp.").missing == ("item",)
    assert narrowed(mara, action(("loan",), loan=WHOLE), "Lend me a bit.").missing == ("loan",)
    optional = narrowed(mara, action((), item=SWORDS), "Something sharp.")
    assert (optional.missing, optional.settled) == ((), {})


def test_a_number_out_of_bounds_is_told(mara: Npc) -> None:
    found = narrowed(mara, action(("nights",), nights=WHOLE), "A room for 20 nights.")
    assert found.settled is None
    assert found.outside is not None
    assert found.outside.text == "Nights can be 1 to 14."


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ({"a": 3}, ""),
        ({"a": 0}, "arguments.a is 0, which is out of bounds"),
        ({"a": True}, "arguments.a is no integer"),
        ({"a": "3"}, "arguments.a is no integer"),
        ({}, "arguments.a is missing"),
        ({"a": 3, "b": 1}, "arguments.b is not declared"),
        ([], "arguments is no object"),
        ({"a": 3, "c": ["x", 1]}, "arguments.c[1] is no string"),
        ({"a": 3, "c": ["x"] * 3}, "arguments.c has the length 3, which is out of bounds"),
        ({"a": 3, "d": "z"}, "arguments.d is 'z', which is none of the choices"),
    ],
)
def test_what_does_not_fit_a_schema_is_said(value: Any, wrong: str) -> None:
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {
            "a": WHOLE,
            "c": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
            "d": {"type": "string", "enum": ["x", "y"]},
        },
    }
    assert misfit(schema, value) == wrong


@pytest.mark.parametrize(
    ("arguments", "against", "source"),
    [
        ({"item": "room", "count": 3}, None, ""),
        ({"item": "rooms", "count": 4}, "There are only 3 rooms free.", "wares[0].stock"),
        ({"item": "iron sword"}, "Iron swords are sold out.", "wares[1].stock"),
        ({"item": "steel sword", "count": 100}, None, ""),
        ({"item": "crown"}, "There is no crown for sale.", "wares"),
        ({"nights": 100, "name": "crown"}, None, ""),
    ],
)
def test_what_the_facts_are_against(mara: Npc, arguments: dict[str, Any], against: str | None, source: str) -> None:
    found = contradicted(mara, arguments)
    assert (found.text if found else None) == against
    assert (found.source if found else "") == source
