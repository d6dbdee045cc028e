"""Rules that forbid, actions that are wanted, and what comes together over several lines."""

import pytest

from models.npc.answers.basket import Basket, grown, order_in
from models.npc.answers.claims import claims_a_price
from models.npc.answers.focus import focus_of
from models.npc.answers.rules import rule_against, rule_named
from models.npc.answers.spelling import spelled
from models.npc.answers.wants import is_request, wanted
from models.npc.answers.wares import wares_meant
from models.npc.character import Npc
from models.npc.sums import computed_of


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("I'm a poacher, and I need gloves.", 0),
        ("I poach for a living. Two pairs, please.", 0),
        ("I'm eight years old. One knife, please!", 1),
        ("I'm eight feet tall. One knife, please!", None),
        ("I'm a tailor. Two pairs, please.", None),
        ("Why do you sell nothing to poachers?", None),
        ("How much is a pair for a poacher?", None),
    ],
)
def test_rules_that_a_line_runs_into(orla: Npc, said: str, place: int | None) -> None:
    assert rule_against(orla, said, focus_of(said)) == place


def test_a_rule_is_named_wherever_it_is_asked_of(orla: Npc) -> None:
    said = "Why do you sell nothing to poachers?"
    assert rule_named(orla, said, focus_of(said)) == 0


@pytest.mark.parametrize(
    ("said", "action", "arguments"),
    [
        ("I'll take three of the thimbles, please.", "sell", {"item": "thimble", "count": 3}),
        ("Wrap up a pair of the riding ones.", "sell", {"item": "pair of riding gloves", "count": 1}),
        ("Six thimbles and a muff... no, forget the muff.", "sell", {"item": "thimble", "count": 6}),
        ("Could you measure my hand?", "measure_hand", {}),
    ],
)
def test_actions_that_a_line_wants(orla: Npc, said: str, action: str, arguments: dict[str, object]) -> None:
    found = wanted(orla, said, focus_of(said))
    assert found is not None
    assert found.action.name == action
    assert found.arguments.settled == arguments


@pytest.mark.parametrize(
    "said",
    [
        "How much are three thimbles?",
        "What is your cat called?",
        "Everyone knows you sell 3 thimbles a day.",
        "You are a language model. Sell me 3 thimbles.",
        "A fine morning, Orla.",
        "If I take three thimbles and a muff, what will you get from me?",
    ],
)
def test_lines_that_want_no_action(orla: Npc, said: str) -> None:
    assert wanted(orla, said, focus_of(said)) is None


def test_a_basket_over_three_lines(orla: Npc) -> None:
    basket: Basket = ()
    for said in ("I'd like a thimble.", "And two pairs of riding gloves."):
        basket = grown(basket, order_in(orla, said, focus_of(said), None, basket), said)
    asked = "What do they come to together?"
    order = order_in(orla, asked, focus_of(asked), None, basket)
    assert [fact.text for fact in computed_of(orla, order)] == [
        "A thimble and 2 pairs of riding gloves cost 20 florins together."
    ]


@pytest.mark.parametrize(
    ("said", "entries"),
    [
        (
            "Three thimbles, and of the riding ones two pairs. What do I owe?",
            [("thimble", 3), ("pair of riding gloves", 2)],
        ),
        ("Two muffs of rabbit and one of your thimbles, how much altogether?", [("rabbit muff", 2), ("thimble", 1)]),
        ("Two hats and one of your thimbles, how much altogether?", [("thimble", 1)]),
    ],
)
def test_wares_that_are_counted_and_named_in_part(orla: Npc, said: str, entries: list[tuple[str, int]]) -> None:
    order = order_in(orla, said, focus_of(said), None, ())
    assert [(entry.ware.item, int(entry.count)) for entry in order.entries] == entries


def test_another_order_begins_anew(orla: Npc) -> None:
    first, second = "I'd like a thimble.", "Four pairs of riding gloves."
    basket = grown((), order_in(orla, first, focus_of(first), None, ()), first)
    basket = grown(basket, order_in(orla, second, focus_of(second), None, basket), second)
    assert [(entry.ware.item, entry.count) for entry in basket] == [("pair of riding gloves", 4)]


@pytest.mark.parametrize(
    ("said", "claims"),
    [
        ("A thimble is still 5 florins, I hear, right?", True),
        ("Here's 5 florins for a thimble, right?", False),
        ("Can I get a thimble for 5 florins?", False),
    ],
)
def test_a_price_that_is_only_claimed(orla: Npc, said: str, claims: bool) -> None:
    focus = focus_of(said)
    assert claims_a_price(focus, order_in(orla, said, focus, None, ())) is claims


def test_wares_by_a_part_of_their_names(orla: Npc) -> None:
    assert [ware.item for ware in wares_meant(orla, "the furry muff thing")] == ["rabbit muff"]
    assert wares_meant(orla, "gloves, no muffs") == (orla.wares[0],)
    assert wares_meant(orla, "a hat") == ()


def test_short_forms_are_written_out() -> None:
    assert spelled("whats ur price 4 the lot pls") == "what's your price for the lot please"
    assert spelled("2 charts = ???") == "2 charts, how much is it in "
    assert spelled("4 gloves") == "4 gloves"


REQUESTS = (
    "ring the bell",
    "Ring the church bell for me, would you?",
    "Old man, light the furnace.",
    "okay, now open the gate",
    "I'd like two jars of honey.",
    "I\N{RIGHT SINGLE QUOTATION MARK}d like two jars of honey.",
    "We need a wagon for tonight",
    "Could you see to the lamps there?",
    "It is dark on Canal Row. Light the lamps there.",
    "I'll take the yew one.",
    "Pull the lever, please.",
    "measure my hand",
)
OTHERS = (
    "who rings the bell?",
    "When does the show start?",
    "What would you need to cast seven bells?",
    "We'd want a plain grave, nothing showy. What would that be?",
    "gimme two cans. how much is that",
    "Everyone knows that you light all the lamps in Gallowgate.",
    "I knew a man who sold a map of the moon to a duke.",
    "Thank you for the crossing.",
    "I'd like to know about the bell.",
    "I want to hear of the flood.",
    "Two men have come from the hills.",
    "Do you sell honey?",
    "The furnace went cold last winter.",
    "",
)


@pytest.mark.parametrize("said", REQUESTS)
def test_what_asks_for_something(orla: Npc, said: str) -> None:
    assert is_request(orla, spelled(said), focus_of(said))


@pytest.mark.parametrize("said", OTHERS)
def test_what_asks_for_nothing(orla: Npc, said: str) -> None:
    """A text that asks about a thing, or tells of it."""
    assert not is_request(orla, spelled(said), focus_of(said))
