"""An NPC as a client sends it: the message becomes the table of an NPC's file, and is read as that file would be."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from google.protobuf.message import Message

from bridge.errors import InvalidRequest
from bridge.v1 import npc_pb2
from models.npc.character import Npc
from models.npc.reading import NpcError, of_table

_MOST_SHOWN = 3  # problems in one sentence
_NAMES = {"price_hundredths": "price", "worth_hundredths": "worth", "role": "is"}  # in the file
_ALWAYS = ("price_hundredths", "worth_hundredths")  # 0 is a price
_POLICIES = {
    npc_pb2.NPC_ACTION_POLICY_QUEUE: "queue",
    npc_pb2.NPC_ACTION_POLICY_REPLACE: "replace",
    npc_pb2.NPC_ACTION_POLICY_DROP: "drop",
}


def npc_of(message: npc_pb2.Npc) -> Npc:
    """The NPC. InvalidRequest names the place of what is wrong: "npc: wares[2].price: is -1; use 0 to ...".

    Takes milliseconds for a large one: call it off the event loop.
    """
    try:
        return of_table(_table(message, ""), "npc")
    except NpcError as error:
        more = len(error.problems) - _MOST_SHOWN
        told = "; ".join(error.problems[:_MOST_SHOWN])
        raise InvalidRequest(f"{told}; and {more} more" if more > 0 else told) from error


def _table(message: Message, place: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.is_repeated:
            if len(value):
                found[field.name] = list(value)
            if len(value) and field.message_type is not None:
                found[field.name] = [_table(one, f"{field.name}[{at}].") for at, one in enumerate(value)]
        elif field.containing_oneof is not None:
            if message.HasField(field.name):
                found[field.name] = value
        elif value or field.name in _ALWAYS:
            found |= _named(field.name, value, place)
    return found


def _named(name: str, value: Any, place: str) -> Mapping[str, Any]:
    """A field under its name in the file, as its value there."""
    if name in _ALWAYS:
        return {_NAMES[name]: Decimal(value) / 100}
    if name == "parameters_json":
        return {"parameters": _parameters(value, place)}
    if name == "timeout_micros":
        return {"timeout": Decimal(value) / 1_000_000}
    if name == "policy":
        return {"policy": _POLICIES.get(value, str(value))}
    return {_NAMES.get(name, name): value}


def _parameters(text: str, place: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"npc: {place}parameters_json: is not JSON: {error}") from error


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")
