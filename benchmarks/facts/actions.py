"""Requests for actions, and whether what an NPC called was asked for and allowed."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facts.contenders.contender import Call
from facts.questions import FOLDER, npc_file


@dataclass(frozen=True, slots=True)
class Request:
    """What a player with some roles says, and the call that is right; "" if nothing may be called, then `forbidden` is
    the call that would be wrong.
    """

    number: str
    npc: str
    say: str
    call: str
    arguments: Mapping[str, Any]
    forbidden: str = ""
    roles: tuple[str, ...] = ()


def requests(half: str) -> list[Request]:
    """The requests of a half, "open" or "sealed"."""
    tables = tomllib.loads((FOLDER / "actions" / f"{half}.toml").read_text("utf-8"))["requests"]
    return [
        Request(
            f"{table['npc']}/actions_{half}/{place}",
            table["npc"],
            table["say"],
            table["call"],
            table.get("arguments", {}),
            table.get("forbidden", ""),
            tuple(table.get("roles", ())),
        )
        for place, table in enumerate(tables)
    ]


def answers(request: Request, calls: Sequence[Call]) -> bool:
    """Whether the calls are the right one and nothing else."""
    right = [(request.call, dict(request.arguments))] if request.call else []
    return [(call.name, dict(call.arguments)) for call in calls] == right


def not_allowed(npc: str, calls: Sequence[Call], roles: Sequence[str] = (), forbidden: str = "") -> list[str]:
    """Why calls are not allowed by the NPC's file; `forbidden` is one that a rule of it forbids here."""
    file = tomllib.loads(npc_file(npc).read_text("utf-8"))
    wrong = [f"{call.name} is not allowed here" for call in calls if call.name == forbidden]
    for call in calls:
        action = next((action for action in file["actions"] if action["name"] == call.name), None)
        if action is None:
            wrong.append(f"there is no action {call.name}")
            continue
        if action["who"] != "anyone" and not set(action["who"]) & set(roles):
            wrong.append(f"{call.name} needs one of the roles {action['who']}")
        wrong += _against_schema(call, action["parameters"])
        wrong += _against_stock(call, file.get("wares", ()))
    return wrong


def _against_schema(call: Call, schema: Mapping[str, Any]) -> list[str]:
    """What of a call is not of the schema, as far as the files here use schemas."""
    properties = schema.get("properties", {})
    wrong = [f"{call.name} lacks {name}" for name in schema.get("required", ()) if name not in call.arguments]
    for name, value in call.arguments.items():
        rule = properties.get(name)
        if rule is None:
            wrong.append(f"{call.name} has no parameter {name}")
        elif ("enum" in rule and value not in rule["enum"]) or (
            rule["type"] == "integer"
            and not (isinstance(value, int) and rule.get("minimum", value) <= value <= rule.get("maximum", value))
        ):
            wrong.append(f"{call.name} takes no {name} {value!r}")
    return wrong


def _against_stock(call: Call, wares: Sequence[Mapping[str, Any]]) -> list[str]:
    """What of a call asks for more than there is."""
    stock = {ware["item"]: ware["stock"] for ware in wares if "stock" in ware}
    item = next((value for value in call.arguments.values() if isinstance(value, str) and value in stock), None)
    count = call.arguments.get("count")
    if item is None or not isinstance(count, int) or count <= stock[item]:
        return []
    return [f"{call.name} asks for {count} of {stock[item]} {item}"]
