"""What asks for something to be done, told from what asks about it or tells of it."""

import pytest

from models.npc.replies.requests import is_request

REQUESTS = (
    "ring the bell",
    "Ring the church bell for me, would you?",
    "Old man, light the furnace.",
    "okay, now open the gate",
    "I'd like two jars of honey.",
    "I\N{RIGHT SINGLE QUOTATION MARK}d like two jars of honey.",
    "We need a wagon for tonight",
    "gimme one of those",
    "Half a dozen dried eels for the road.",
    "Three packets, and be quick.",
    "Could you see to the lamps there?",
    "It is dark on Canal Row. Light the lamps there.",
    "I'll take the yew one.",
    "Pull the lever, please.",
    "uncork the birthday",
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
    "Two men have come from the hills.",
    "Do you sell honey?",
    "Pour wine into a river, is that a sin?",
    "The furnace went cold last winter.",
    "",
)


@pytest.mark.parametrize("said", REQUESTS)
def test_what_asks_for_something(said: str) -> None:
    assert is_request(said, {"uncork"})


@pytest.mark.parametrize("said", OTHERS)
def test_what_asks_for_nothing(said: str) -> None:
    assert not is_request(said, {"uncork"})


def test_the_verbs_of_an_npc_are_commands() -> None:
    assert not is_request("uncork the birthday")
    assert is_request("uncork the birthday", {"uncork"})


def test_a_long_line_is_read_in_its_beginning() -> None:
    assert not is_request("well " * 200 + "please")
