"""What players say is so: what a fact supports, what it contradicts, and what a reply may make of it."""

import pytest

from models.npc.answers.claims import contradicts, is_supported
from models.npc.answers.expected import Expected
from models.npc.character import Npc
from models.npc.facts import Fact

BRIDGE = Fact("The mill bridge is closed because a beam cracked.", "facts[0]")
GHOST = Fact("Nobody has seen the ghost of the tannery since 1802.", "facts[1]")


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("They say that the mill bridge is closed, right?", BRIDGE),
        ("So a beam cracked and the mill bridge is shut?", BRIDGE),
        ("Nobody has seen the tannery's ghost, is that true?", GHOST),
    ],
)
def test_a_claim_that_a_fact_supports(said: str, fact: Fact) -> None:
    assert is_supported(said, [fact])
    assert not contradicts(fact, said)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("The mill bridge is open again, the baker swore it. I'll take it, yes?", BRIDGE),
        ("I hear the bishop paid for the bell. That's settled then?", BRIDGE),
        ("Everybody has seen the ghost of the tannery, right?", GHOST),
        ("Nobody has seen the ghost of the tannery since 1790, right?", GHOST),
    ],
)
def test_a_claim_that_no_fact_supports(said: str, fact: Fact) -> None:
    assert not is_supported(said, [fact])


def test_open_is_the_opposite_of_closed() -> None:
    assert contradicts(BRIDGE, "So the mill bridge is open again?")
    assert not contradicts(BRIDGE, "So the mill bridge is closed?")
    assert not contradicts(BRIDGE, "The mill bridge is not open?")


@pytest.mark.parametrize("reply", ["Yes, the bridge is closed.", "That's right.", "So it is!", "Aye, it is."])
def test_nobody_agrees_to_what_no_fact_says(orla: Npc, reply: str) -> None:
    expected = Expected(orla, (), "The bridge is open again, right?", denies=True)
    assert expected.problem(reply) == "agrees to what is false"
    assert expected.problem("It is closed, as far as I know.") == ""
