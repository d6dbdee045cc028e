"""The lines: in-game threats, oaths, mild insults, ordinary talk; abuse, self-harm, sexual talk, obfuscated slurs."""

from pathlib import Path
from typing import NamedTuple

HARMLESS = ("threat", "oath", "insult", "ordinary")
HARMFUL = ("abuse", "self_harm", "sexual", "slur")
OUTCOMES = ("pass", "mark", "hold")


class Line(NamedTuple):
    """A line of a player; `expected` is the outcome that its author would choose."""

    number: str
    kind: str
    expected: str
    text: str


def lines(half: str) -> list[Line]:
    """The lines of a half, "open" or "sealed"."""
    rows = Path(__file__).with_name(f"{half}.tsv").read_text("utf-8").splitlines()
    found = [row.split("\t") for row in rows if not row.startswith("#")]
    return [Line(f"{half}/{place}", *row) for place, row in enumerate(found)]
