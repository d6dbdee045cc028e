"""What an NPC's file supports: its numbers with the words around them, and its names."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facts.judge.numbers import Number, numbers
from facts.judge.text import folded
from facts.judge.words import COMMON, currency_of, stems


@dataclass(frozen=True, slots=True)
class Fact:
    """One table of the file: a ware, a relation, a statement. `apart` are the words that no other ware has."""

    group: str
    words: frozenset[str]
    apart: frozenset[str]
    numbers: tuple[Number, ...]

    @property
    def is_ware(self) -> bool:
        return self.group.startswith("wares")


@dataclass(frozen=True, slots=True)
class Context:
    """What the NPC knows, all its words, how it refuses, and its currency."""

    facts: tuple[Fact, ...]
    words: frozenset[str]
    refusals: tuple[str, ...]
    reasons: tuple[frozenset[str], ...]  # of the rules, by their words
    currency: str

    def holding(self, number: Number) -> list[Fact]:
        """The facts that hold a number, as money or as a count of the same thing."""
        return [fact for fact in self.facts if any(_same(number, held, fact) for held in fact.numbers)]


def read(path: Path) -> Context:
    """The context of an NPC's file."""
    text = path.read_text("utf-8")
    file = tomllib.loads(text)
    tables = list(_tables(file))
    wares = Counter(word for group, words, _ in tables if group.startswith("wares") for word in words)
    facts = tuple(
        Fact(group, words, frozenset(word for word in words if wares[word] <= 1), held) for group, words, held in tables
    )
    said = tuple(folded(line) for refusal in file.get("refusals", ()) for line in refusal["say"])
    reasons = tuple(frozenset(stems(folded(rule["why"])) - COMMON) for rule in file.get("rules", ()) if "why" in rule)
    words = frozenset(re.findall(r"[a-z]+", folded(text)))
    return Context(facts, words, said, reasons, currency_of(file.get("currency", "")))


def _tables(file: dict[str, Any]) -> Iterator[tuple[str, frozenset[str], tuple[Number, ...]]]:
    """Group, words and numbers of every table with facts, and of the NPC itself."""
    for key in ("wares", "hours", "relations", "rules", "facts", "lore", "refusals"):
        for index, table in enumerate(file.get(key, ())):
            text = folded(_joined(table))
            counted = f"{table['stock']} {folded(table['plural'])}" if "stock" in table else ""
            price = f"{table['price']} {table.get('currency', file.get('currency'))}" if "price" in table else ""
            words = stems(folded(f"{table['item']} {table['plural']}")) if key == "wares" else stems(text)
            yield f"{key}[{index}]", frozenset(words - COMMON), tuple(numbers(f"{text}. {counted}. {price}"))
    alone = {key: file.get(key, "") for key in ("name", "trade", "place", "persona", "style", "goals")}
    text = folded(_joined(alone))
    yield "self", frozenset(stems(text) - COMMON), tuple(numbers(text))


def _joined(table: dict[str, Any]) -> str:
    parts = [part for value in table.values() for part in (value if isinstance(value, list) else [value])]
    return ". ".join(part for part in parts if isinstance(part, str))


def _same(number: Number, held: Number, fact: Fact) -> bool:
    if "time" in (number.kind, held.kind):
        return bool(number.minutes & held.minutes)
    if number.value != held.value:
        return False
    if number.kind == "money":
        return held.kind == "money"
    return not number.noun or (held.kind != "money" and (number.noun in fact.words or number.noun == held.noun))
