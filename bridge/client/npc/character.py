"""Who an NPC is, as a game has it: a TOML file, sent to the server as it is. The server checks what it says."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from bridge.v1 import npc_pb2

_KEYS = {  # of a file, where a field of the contract is named otherwise
    "price": "price_hundredths",
    "worth": "worth_hundredths",
    "is": "role",
    "parameters": "parameters_json",
    "timeout": "timeout_micros",
}
_TYPES: Mapping[int, tuple[type, ...]] = {
    FieldDescriptor.CPPTYPE_STRING: (str,),
    FieldDescriptor.CPPTYPE_INT64: (int,),
    FieldDescriptor.CPPTYPE_BOOL: (bool,),
}


@dataclass(frozen=True, slots=True)
class Npc:
    """An NPC to be sent with a turn. `message` is the contract's; make it from a file by `read`, or from its text.

    ValueError, with the place, for what is no NPC's file. The server says what else is wrong, when it gets it.
    """

    message: npc_pb2.Npc

    @classmethod
    def read(cls, path: Path | str) -> Self:
        """The NPC in a TOML file. OSError if it cannot be read."""
        return cls.parse(Path(path).read_text(encoding="utf-8-sig"), str(path))

    @classmethod
    def parse(cls, text: str, origin: str = "npc") -> Self:
        """The NPC in the text of a TOML file; `origin` is what errors begin with."""
        try:
            found = tomllib.loads(text, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{origin}: not valid TOML: {error}") from error
        message = npc_pb2.Npc()
        _fill(message, found, f"{origin}: ", "")
        return cls(message)


@dataclass(frozen=True, slots=True)
class Player:
    """Who speaks to an NPC: a name for its lines, and the roles that the game gives the player, for its actions."""

    name: str = ""
    roles: Sequence[str] = ()

    def on_the_wire(self) -> npc_pb2.NpcPlayer:
        """The contract's message."""
        return npc_pb2.NpcPlayer(name=self.name, roles=list(self.roles))


def _fill(message: Message, table: Mapping[str, Any], origin: str, place: str) -> None:
    fields = message.DESCRIPTOR.fields_by_name
    for key, value in table.items():
        where = f"{place}.{key}" if place else key
        field = fields.get(_KEYS.get(key, key))
        if field is None or key in _KEYS.values():
            known = [name for name in fields if name not in _KEYS.values()]
            raise ValueError(f"{origin}{where}: no such key; there are {', '.join(known)}")
        if field.message_type is not None:
            _fill_each(getattr(message, field.name), value, origin, where)
        elif field.is_repeated:
            getattr(message, field.name).extend(_texts(value, origin, where))
        else:
            setattr(message, field.name, _value(field, key, value, f"{origin}{where}"))


def _fill_each(messages: Any, tables: Any, origin: str, where: str) -> None:
    if not isinstance(tables, list):
        raise ValueError(f"{origin}{where}: write it as tables, [[{where}]]")
    for number, table in enumerate(tables):
        if not isinstance(table, dict):
            raise ValueError(f"{origin}{where}[{number}]: write it as a table under [[{where}]]")
        _fill(messages.add(), table, origin, f"{where}[{number}]")


def _texts(value: Any, origin: str, where: str) -> Sequence[str]:
    if value == "anyone":
        return ()
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError(f"{origin}{where}: use an array of strings")
    return value


def _value(field: Any, key: str, value: Any, where: str) -> Any:
    if key in ("price", "worth", "timeout"):
        if type(value) not in (int, Decimal):
            raise ValueError(f"{where}: use a number")
        scaled = Decimal(value) * (1_000_000 if key == "timeout" else 100)
        if scaled != scaled.to_integral_value() or abs(scaled) >= 2**63:
            raise ValueError(f"{where}: is {value}; use at most two decimal places, and no more than fits")
        return int(scaled)
    if key == "parameters":
        return json.dumps(value, default=float)
    if key == "policy":
        name = f"NPC_ACTION_POLICY_{str(value).upper()}"
        if name not in npc_pb2.NpcActionPolicy.keys():  # noqa: SIM118 (an enum, not a dictionary)
            raise ValueError(f"{where}: is {value!r}; use queue, replace or drop")
        return npc_pb2.NpcActionPolicy.Value(name)
    if type(value) not in _TYPES.get(field.cpp_type, ()) or (isinstance(value, int) and abs(value) >= 2**63):
        raise ValueError(f"{where}: is {value!r}; use another kind of value")
    return value
