"""The NPCs are files that the project reads, and paraphrases share no word with them."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from facts.judge.text import folded
from facts.judge.words import COMMON, stems
from facts.questions import FOLDER, npc_file, questions

from models.npc.facts import sentences
from models.npc.reading import read

FILES = sorted((FOLDER / "npcs").glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_file_is_read(path: Path) -> None:
    npc = read(path)
    assert npc.id == path.stem
    assert 10 <= len(sentences(npc)) <= 26
    assert min(len(npc.lore), len(npc.rules), len(npc.refusals), len(npc.actions), len(npc.lines)) > 0


def test_names_and_trades_are_used_once() -> None:
    npcs = [read(path) for path in FILES]
    names = [word for npc in npcs for word in npc.name.split() if word != "Mister"]
    assert len(names) == len(set(names))
    assert len({npc.trade for npc in npcs}) == len(npcs)


def test_paraphrases_share_no_content_word_with_anything_authored() -> None:
    for question in questions("open") + questions("sealed"):
        if question.kind == "paraphrase":
            authored = stems(folded(" ".join(texts(tomllib.loads(npc_file(question.npc).read_text("utf-8"))))))
            assert stems(folded(question.say[-1])) & authored - COMMON == set(), question.number


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(part)
