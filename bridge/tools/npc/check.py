"""`framebridge npc check FILE ...`: what is wrong with the files of NPCs, or what each of them has."""

from collections.abc import Callable, Sequence
from pathlib import Path

from models.npc.character import Npc
from models.npc.facts import sentences
from models.npc.prompt import MOST_FACTS
from models.npc.reading import NpcError, read


def check(files: Sequence[Path], say: Callable[[str], None]) -> int:
    """Print every problem of every file; returns the exit code: 1 if there is one. A folder stands for its *.toml."""
    wrong = 0
    for file in _each(files):
        try:
            say(_summary(file, read(file)))
        except NpcError as error:
            wrong += len(error.problems)
            for problem in error.problems:
                say(problem)
    if wrong:
        say(f"{wrong} problem{'s' if wrong > 1 else ''}")
    return 1 if wrong else 0


def _each(files: Sequence[Path]) -> list[Path]:
    return [found for file in files for found in (sorted(file.glob("*.toml")) if file.is_dir() else [file])]


def _summary(file: Path, npc: Npc) -> str:
    facts = sentences(npc)
    counts = {
        "facts": len(facts),
        "lore passages": len(npc.lore),
        "authored lines": len(npc.lines),
        "actions": len(npc.actions),
        "refusals": len(npc.refusals),
    }
    more = f"; of the facts {len(facts) - MOST_FACTS} are looked up" if len(facts) > MOST_FACTS else ""
    listed = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return f"{file}: {npc.name}, {npc.trade}: {listed or 'nothing besides its persona'}{more}"
