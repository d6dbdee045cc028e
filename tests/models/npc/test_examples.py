"""The NPCs that ship: complete, and each fact of theirs passes its own guard."""

from pathlib import Path

import pytest

import models.npc
from models.npc.character import UNSAID, Npc
from models.npc.facts import Fact, sentences
from models.npc.guard.guard import Guard
from models.npc.prompt import MOST_FACTS, system_message
from models.npc.reading import read

FILES = sorted((Path(models.npc.__file__).parent / "examples").glob("*.toml"))
NPCS = [read(path) for path in FILES]
IDS = [npc.id for npc in NPCS]


def test_there_are_twelve_each_with_a_trade_and_a_voice_of_its_own() -> None:
    assert len(NPCS) == 12
    assert [npc.id for npc in NPCS] == [path.stem for path in FILES]
    for texts in ([npc.name for npc in NPCS], [npc.trade for npc in NPCS], [npc.voice for npc in NPCS]):
        assert len(set(texts)) == 12


@pytest.mark.parametrize("npc", NPCS, ids=IDS)
def test_each_is_finished(npc: Npc) -> None:
    assert {"greeting", "farewell", "thanks", "unknown"} < {line.intent for line in npc.lines}
    assert all(len(line.say) >= 2 and (len(line.examples) >= 3 or line.intent in UNSAID) for line in npc.lines)
    for part in (npc.style, npc.place, npc.goals, npc.wares, npc.hours, npc.relations, npc.rules, npc.facts):
        assert part
    assert len(npc.lore) >= 2
    assert len(npc.actions) >= 2
    assert npc.refusals
    assert any(action.who for action in npc.actions)
    assert len(sentences(npc)) <= MOST_FACTS
    assert system_message(npc).startswith(f"You are {npc.name}, ")


@pytest.mark.parametrize("npc", NPCS, ids=IDS)
def test_facts_and_lore_as_they_are_written_pass_the_guard(npc: Npc) -> None:
    guard = Guard(npc)
    for fact in sentences(npc):
        verdicts = guard.turn("Tell me something.").judge(fact.text)
        assert [one.problems for one in verdicts] == [()] * len(verdicts), fact
        assert all(fact.source in one.sources for one in verdicts)
    for place, lore in enumerate(npc.lore):
        passage = Fact(f"{lore.title}: {lore.text}", f"lore[{place}]")
        verdicts = guard.turn(f"Tell me about {lore.title}.", [passage]).judge(lore.text)
        assert [(one.text, one.problems) for one in verdicts if one.problems] == []
