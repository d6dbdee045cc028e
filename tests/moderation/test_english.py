"""The list that ships, on lines that it was written with and lines that were kept apart until it was done.

Of `held_out.tsv` only the totals have been looked at; a change that is made because of its lines makes it worthless.
"""

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from bridge.config import Config
from bridge.moderation.moderation import Moderation
from tests.moderation.lists import HOLD, MARK, PASS

GAME = ("threat", "oath", "mild_insult")
PERSON = ("abuse", "self_harm", "sexual", "slur")


@pytest.fixture(scope="module")
def english() -> Moderation:
    return Moderation.of(Config())


def counts(english: Moderation, name: str) -> dict[str, Counter[int]]:
    """Outcomes by class of the lines in a file."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines():
        kind, text = line.split("\t")
        found[kind][english.check(text).outcome] += 1
    return found


def share(counted: dict[str, Counter[int]], kinds: tuple[str, ...], outcomes: tuple[int, ...]) -> float:
    lines = sum(counted[kind].total() for kind in kinds)
    return sum(counted[kind][outcome] for kind in kinds for outcome in outcomes) / lines


@pytest.mark.parametrize("name", ["development.tsv", "held_out.tsv"])
def test_a_game_goes_on_and_a_person_is_protected(english: Moderation, name: str) -> None:
    counted = counts(english, name)
    assert sum(found.total() for found in counted.values()) >= 200
    assert share(counted, GAME, (HOLD,)) <= 0.03
    for kind in PERSON:
        assert share(counted, (kind,), (MARK, HOLD)) >= 0.85, kind
    assert share(counted, ("ordinary",), (HOLD,)) == 0
    assert share(counted, ("ordinary",), (MARK,)) <= 0.1


@pytest.mark.parametrize(
    "text",
    [
        "I will kill you",
        "Kill the dragon!",
        "The dragon must die",
        "I'll put a bullet in your head",
        "I will end your life, dog",
        "I'll come to your house and burn it",
        "I know where you sleep",
        "People like you get hanged here",
        "Your people should be killed, orc",
        "Kill the black knight and all the white wolves",
        "Fuck me, that dragon is big",
        "Those fucking kids stole my purse",
        "This quest is going to fuck me up",
        "Did you hurt yourself?",
        "Should I jump off the tower?",
        "Shoot me an arrow over",
        "I will swat you like a fly",
        "In the year 1488 the wall fell",
    ],
)
def test_what_a_game_is_full_of_is_not_held(english: Moderation, text: str) -> None:
    assert english.check(text).outcome < HOLD


@pytest.mark.parametrize(
    "text",
    [
        "go kill yourself",
        "k y s",
        "just hang yourself already",
        "I will rape you",
        "send nudes",
        "suck my d1ck",
        "have sex with a child",
        "I'll beat you up in real life",
        "gas the jews",
        "you n1gger",
    ],
)
def test_the_worst_is_held(english: Moderation, text: str) -> None:
    assert english.check(text).outcome is HOLD


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ("I want to die", "I want to die with honour in battle"),
        ("I want to die", "I don't want to die"),
        ("I cut myself every night", "I cut myself a slice of bread"),
        ("take off your clothes", "take off your helmet"),
        ("show me your tits", "the great tit is a bird"),
        ("I'm tired of living", "I'm tired of living in this village"),
        ("you are trash", "you have trash behind the inn"),
    ],
)
def test_what_a_sentence_means_counts_more_than_its_words(english: Moderation, bad: str, good: str) -> None:
    assert english.check(bad).outcome > PASS
    assert all(reason.outcome is PASS for reason in english.check(good).reasons)


def test_what_the_score_is_unfit_for_is_left_to_the_rules(english: Moderation) -> None:
    crowing, spaced = english.check("The cock crows at dawn"), english.check("f u c k you")
    assert (crowing.outcome, spaced.outcome) == (PASS, MARK)
    assert crowing.score is not None
    assert spaced.score is not None
    assert crowing.score > 0.9 > 0.1 > spaced.score
