"""Slots of authored lines: "Evening, {player}." A line whose slot has no value is not said."""

import re
from collections.abc import Iterator, Mapping

from models.npc.character import Npc, Ware
from models.npc.english import money
from models.npc.toml_table import nearest, shown

SLOTS = ("player", "name", "item", "price", "stock")

_SLOT = re.compile(r"\{(\w*)\}")


def problems_of(line: str) -> Iterator[str]:
    """What is wrong with the slots of a line, a sentence each."""
    for name in _SLOT.findall(line):
        if name not in SLOTS:
            yield f"unknown slot {shown('{' + name + '}')}; {nearest(name, SLOTS)}"
    if re.search(r"[{}]", _SLOT.sub("", line)):
        yield "a brace has no partner; slots are written {player}, and other braces are not allowed"


def values(npc: Npc, player: str = "", ware: Ware | None = None) -> dict[str, str]:
    """What the slots stand for now. `ware` is what the player asks about."""
    found = {"name": npc.name}
    if player:
        found["player"] = player
    if ware is not None:
        found |= {"item": ware.item, "price": money(ware.price, ware.currency) + (f" {ware.unit}" if ware.unit else "")}
        if ware.stock is not None:
            found["stock"] = str(ware.stock)
    return found


def filled(line: str, known: Mapping[str, str]) -> str | None:
    """A line with its slots filled; None if one has no value."""
    if any(name not in known for name in _SLOT.findall(line)):
        return None
    return _SLOT.sub(lambda slot: known[slot[1]], line)
