"""The words that worlds are made of, from `words/pools/`: names, places, trades, wares, slots, voices."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from models.npc.character import Currency
from models.npc.english import plural
from models.training.dialogue.writing.passages import WORDS, passages

SINGULARS = ((r"ies$", "y"), (r"(ss|x|ch|sh)es$", r"\1"), (r"men$", "man"), (r"s$", ""))


@dataclass(frozen=True, slots=True)
class Noun:
    """Something for sale, in kinds that look alike."""

    noun: str
    plural: str
    kinds: tuple[str, ...]
    bare: bool  # whether it is sold without a kind too
    unit: str
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trade:
    """What somebody does, and the shelves that are sold from."""

    name: str
    shelves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class People:
    """Elves, and one of them."""

    many: str
    one: str


@dataclass(frozen=True, slots=True)
class Setting:
    """The words of one of the worlds."""

    name: str
    trades: Sequence[Trade]
    first: Sequence[str]
    women: Sequence[str]  # of the first names
    neither: Sequence[str]  # of them, those of anybody
    last: Sequence[str]
    kinds: Sequence[People]
    money: Sequence[Currency]
    towns: Sequence[str]
    days: Sequence[str]
    sites: Sequence[str]


@dataclass(frozen=True, slots=True)
class Voice:
    """How somebody talks."""

    name: str
    styles: Sequence[str]
    openers: Sequence[str]  # before anything
    knowing: Sequence[str]  # before an answer that is known
    closers: Sequence[str]


@cache
def settings() -> Sequence[Setting]:
    """All worlds."""
    found = tomllib.loads((WORDS / "pools" / "worlds.toml").read_text(encoding="utf-8"))
    return [_setting(name, table) for name, table in found.items()]


@cache
def slots() -> Mapping[str, Sequence[str]]:
    """The words of slots that are the same in all worlds."""
    found = tomllib.loads((WORDS / "pools" / "slots.toml").read_text(encoding="utf-8"))
    return {name: entries(text) for name, text in found.items()}


@cache
def shelves() -> Mapping[str, Sequence[Noun]]:
    """The wares of each shelf."""
    made: dict[str, list[Noun]] = {}
    for line in (WORDS / "pools" / "items.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            made[line.strip("[]")] = []
        elif line and not line.startswith("#"):
            made[list(made)[-1]].append(_noun(line))
    return made


@cache
def goals() -> Sequence[str]:
    """What an NPC may want."""
    return (WORDS / "pools" / "goals.txt").read_text(encoding="utf-8").split("\n")[:-1]


@cache
def voices() -> Sequence[Voice]:
    """All ways of talking."""
    made = []
    for passage in passages("pools/voices.txt"):
        marked = [line.partition(" ")[::2] for line in passage.lines]
        parts = [[text for mark, text in marked if mark == wanted] for wanted in ("~", "<", "<+", ">")]
        made.append(Voice(passage.about, *parts))
    return made


def entries(text: str) -> list[str]:
    """The entries of a list that is separated by semicolons and ends of lines."""
    return [entry.strip() for entry in re.split(r"[;\n]", text) if entry.strip()]


def _setting(name: str, table: Mapping[str, Any]) -> Setting:
    trades = [_trade(entry) for entry in entries(table["trades"])]
    plain = {key: entries(table[key]) for key in ("first", "women", "neither", "last", "towns", "days", "sites")}
    money = [_currency(entry) for entry in entries(table["money"])]
    return Setting(name, trades, kinds=[_people(entry) for entry in entries(table["kinds"])], money=money, **plain)


def _trade(entry: str) -> Trade:
    name, _, listed = entry.partition(":")
    return Trade(name.strip(), tuple(shelf.strip() for shelf in listed.split(",") if shelf.strip() != "none"))


def _currency(entry: str) -> Currency:
    many, _, one = entry.partition("/")
    return Currency(one or many, many)


def _people(entry: str) -> People:
    many, _, one = entry.partition("/")
    return People(many, one or singular(many))


def singular(many: str) -> str:
    """Of a plural that follows the rules."""
    for pattern, ending in SINGULARS:
        one = re.sub(pattern, ending, many)
        if one != many:
            return one
    return many


def _noun(line: str) -> Noun:
    found = re.fullmatch(r"([^(/]+?)(?:/([^(]+?))? \((-?)([^)]*)\)(?: @([^:]+))?: (.*)", line)
    if not found:
        raise ValueError(f"items.txt: {line!r} is not a noun with kinds and descriptions")
    noun, many, marked, kinds, unit, hints = found.groups()
    return Noun(
        noun,
        many or plural(noun),
        tuple(k.strip() for k in kinds.split(",")),
        not marked,
        unit or "",
        tuple(hint.strip() for hint in hints.split(";")),
    )
