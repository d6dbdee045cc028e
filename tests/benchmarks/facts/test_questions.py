"""What the questions cover, and that they agree with the NPCs' files."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.conftest import BENCHMARKS

from facts.questions import CLASSES, partial_results, questions  # isort: skip

HALVES = {half: questions(half) for half in ("open", "sealed")}
NPCS = sorted(path.stem for path in (BENCHMARKS / "facts" / "npcs").glob("*.toml"))


def test_both_halves_ask_every_npc_and_class_alike() -> None:
    assert len(NPCS) >= 14
    counts = {half: Counter(question.kind for question in asked) for half, asked in HALVES.items()}
    assert counts["open"] == counts["sealed"]
    assert set(counts["open"]) == set(CLASSES)
    assert min(counts["open"].values()) >= 8
    assert {half: Counter(question.npc for question in asked) for half, asked in HALVES.items()} == {
        half: dict.fromkeys(NPCS, 12) for half in HALVES
    }


def test_no_question_is_asked_twice() -> None:
    said = Counter(question.say for asked in HALVES.values() for question in asked)
    assert max(said.values()) == 1


def test_sums_come_out() -> None:
    for asked in HALVES.values():
        for question in asked:
            if question.working:
                result = partial_results(question.working)[-1]
                assert f"{result:f}" in {option.lstrip("$#") for options in question.states for option in options}


def test_sums_use_the_prices_of_the_file() -> None:
    """Of every sum, each number is a price, a stock or another number of the NPC's file or of the player."""
    for asked in HALVES.values():
        for question in asked:
            known = {str(value) for value in numbers_of(file_of(question.npc))}
            for number in question.working.replace("(", " ").replace(")", " ").replace("*", " ").split():
                if "." in number:
                    assert number.rstrip("0") in known, question.number


def test_every_question_can_be_judged_by_something() -> None:
    for asked in HALVES.values():
        for question in asked:
            assert question.states or question.declines or question.refuses or question.never, question.number


def file_of(npc: str) -> dict[str, Any]:
    return tomllib.loads((BENCHMARKS / "facts" / "npcs" / f"{npc}.toml").read_text("utf-8"))


def numbers_of(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for part in value.values():
            yield from numbers_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from numbers_of(part)
    elif isinstance(value, int | float):
        yield value
