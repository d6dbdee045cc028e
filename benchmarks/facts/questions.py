"""The questions: one file for each NPC and half. The sealed half stays unread until the end."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SECOND = FOLDER / "second"
CLASSES = ("price", "sum", "name", "stock", "time", "refusal", "relation", "unknown", "injection", "false_claim",
           "rambling", "paraphrase", "place", "reason", "several_facts", "multi_turn")  # fmt: skip
_KEYS = {"class", "say", "states", "not", "declines", "refuses", "accepts", "working"}


@dataclass(frozen=True, slots=True)
class Question:
    """What a player says, in one or more turns, and what a right last reply is.

    `states`: each entry must be stated, by one of its alternatives. An alternative is "$12" (that much money), "#3" or
    "#3 weeks" (that number), "@18:30" (that time), "~yes", "~no", "~none" (none left), or a regular expression over the
    reply in lower case. `never`: what must not be said, unless it is denied. `declines`, `refuses`: what the reply must
    do (either will do if both are set); `accepts` are further wordings of it. `working`: the sum behind a right number.
    """

    number: str
    npc: str
    kind: str
    say: tuple[str, ...]
    states: tuple[tuple[str, ...], ...] = ()
    never: tuple[str, ...] = ()
    declines: bool = False
    refuses: bool = False
    accepts: tuple[str, ...] = ()
    working: str = ""


def npc_file(npc: str) -> Path:
    """The file of an NPC, of either set."""
    file = FOLDER / "npcs" / f"{npc}.toml"
    return file if file.exists() else SECOND / "npcs" / file.name


def questions(half: str) -> list[Question]:
    """The questions of a half, "open" or "sealed", or of the set "second"."""
    folder = SECOND / "questions" if half == "second" else FOLDER / half
    return [question for path in sorted(folder.glob("*.toml")) for question in read(path)]


def read(path: Path) -> Iterator[Question]:
    """The questions of a file. ValueError for an unknown key or class."""
    for place, table in enumerate(tomllib.loads(path.read_text("utf-8"))["questions"]):
        number = f"{path.stem}/{path.parent.name}/{place}"
        if unknown := table.keys() - _KEYS:
            raise ValueError(f"{number}: unknown keys {sorted(unknown)}")
        if table["class"] not in CLASSES:
            raise ValueError(f"{number}: unknown class {table['class']!r}")
        yield _question(number, path.stem, table)


def partial_results(working: str) -> list[Decimal]:
    """The results on the way of a sum such as "50 - (2*11.50 + 6.80)", the last one at the end."""
    found: list[Decimal] = []

    def value(node: ast.expr) -> Decimal:
        if isinstance(node, ast.Constant):
            return Decimal(str(node.value))
        assert isinstance(node, ast.BinOp), working
        left, right = value(node.left), value(node.right)
        ways = {ast.Add: left + right, ast.Sub: left - right, ast.Mult: left * right}
        found.append(left // right if isinstance(node.op, ast.FloorDiv) else ways[type(node.op)])
        return found[-1]

    cents = re.sub(r"(\d+\.\d+)", r"'\1'", working)
    if working:
        value(ast.parse(cents, mode="eval").body)
    return found


def _question(number: str, npc: str, table: dict[str, Any]) -> Question:
    return Question(
        number,
        npc,
        table["class"],
        tuple(table["say"]),
        tuple(map(tuple, table.get("states", ()))),
        tuple(table.get("not", ())),
        table.get("declines", False),
        table.get("refuses", False),
        tuple(table.get("accepts", ())),
        table.get("working", ""),
    )
