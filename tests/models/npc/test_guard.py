"""The fact guard on sentences about NPCs, which were written apart from it: true ones pass, false ones do not."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.npc.character import Npc
from models.npc.guard.guard import Guard
from models.npc.reading import read
from models.npc.sums import computed

SENTENCES = Path(__file__).parent / "sentences"
EXAMPLES = Path(__file__).parents[3] / "models/npc/examples"
MARA = read(EXAMPLES / "mara.toml")


def npc_of(file: Path) -> Npc:
    own = file.with_suffix(".toml")
    return read(own if own.exists() else EXAMPLES / own.name)


def judged(file: Path) -> Iterator[tuple[str, str, bool]]:
    """Each reply of a file: its mark, its text and whether it passes."""
    npc, asked = npc_of(file), ""
    guard = Guard(npc)
    for line in file.read_text(encoding="utf-8").splitlines():
        mark, text = line[:1], line[2:]
        if mark == "?":
            asked = text
        elif mark in ("+", "#", "-"):
            turn = guard.turn(asked, computed(npc, asked, None), "")
            yield mark, text, not any(verdict.problems for verdict in turn.judge(text))


def passed(folder: str) -> tuple[Counter[str], Counter[str]]:
    """How many replies of each mark there are, and how many of them pass."""
    found = [one for file in sorted((SENTENCES / folder).glob("*.txt")) for one in judged(file)]
    return Counter(mark for mark, _, _ in found), Counter(mark for mark, _, well in found if well)


@pytest.mark.parametrize("folder", ["known", "held_out"])
def test_true_replies_pass_and_wrong_numbers_do_not(folder: str) -> None:
    of, well = passed(folder)
    assert min(of.values()) > 80
    assert of["+"] - well["+"] <= 0.03 * of["+"]
    assert not well["#"]
    assert well["-"] <= 0.1 * of["-"]


def test_what_it_has_never_seen_is_judged_less_well() -> None:
    """Of NPCs and sentences that nothing was mended by: 16 of 146 true ones are stopped, 2 of 87 wrong numbers pass."""
    of, well = passed("unseen")
    assert of["+"] - well["+"] <= 16
    assert well["#"] <= 2
    assert well["-"] <= 4


@pytest.mark.parametrize(
    "text",
    ["The cellar door is locked until 6 pm.", "The cellar door is locked until six.", "The bar opens at 6 pm."],
)
def test_a_number_of_days_is_no_hour(text: str) -> None:
    """Mara's fair begins in six days."""
    assert any(verdict.problems for verdict in Guard(MARA).turn("How many rooms are free?", [], "").judge(text))
    days = Guard(MARA).turn("When is the fair?", [], "").judge("The autumn fair begins in six days.")
    assert not any(verdict.problems for verdict in days)
