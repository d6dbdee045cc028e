"""The sentences in `sentences/`, judged: what README.md there says of their lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import models.npc
from models.npc.character import Npc
from models.npc.facts import Fact
from models.npc.guard.guard import Guard, Verdict
from models.npc.orders import ware_named
from models.npc.reading import read
from models.npc.sums import computed

SENTENCES = Path(__file__).parent / "sentences"
EXAMPLES = Path(models.npc.__file__).parent / "examples"


@dataclass(frozen=True)
class Judged:
    """A reply of a file with its mark, the line that it answers, and what the guard says of it."""

    npc: str
    mark: str  # "+" true, "#" a wrong number, "-" false in another way
    said: str
    reply: str
    verdicts: tuple[Verdict, ...]

    @property
    def passed(self) -> bool:
        """Whether the guard lets all of it pass."""
        return all(verdict.passed for verdict in self.verdicts)

    def __str__(self) -> str:
        problems = [(one.kind, one.text) for verdict in self.verdicts for one in verdict.problems]
        return f"{self.npc}: {self.said!r} {self.mark} {self.reply!r} {problems}"


@cache
def judged(folder: str) -> tuple[Judged, ...]:
    """All replies in the files of a folder. A file's NPC lies beside it, else it is an example."""
    found = list[Judged]()
    for path in sorted((SENTENCES / folder).glob("*.txt")):
        beside = path.with_suffix(".toml")
        found += _judged(path, read(beside if beside.exists() else EXAMPLES / f"{path.stem}.toml"))
    return tuple(found)


def _judged(path: Path, npc: Npc) -> Iterator[Judged]:
    guard = Guard(npc)
    said, player, known = "", "", tuple[Fact, ...]()
    for line in path.read_text("utf-8").splitlines():
        mark, text = line[0], line[2:]
        if mark == "?":
            known = computed(npc, text, ware_named(npc, said))
            said = text
        elif mark == "=":
            known = (*known, Fact(text, "action"))
        elif mark == "@":
            player = text
        else:
            yield Judged(path.stem, mark, said, text, guard.turn(said, known, player).judge(text))
