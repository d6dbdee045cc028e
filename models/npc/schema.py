"""Checks the JSON schema of an action's parameters: an object of few, plainly typed parameters.

Only keywords that both a grammar and a check of arguments understand are allowed.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from models.npc.toml_table import called, nearest, shown

MOST_PARAMETERS = 16
MOST_CHOICES = 64
_DEEPEST = 3
KINDS = {
    "object": ("properties", "required", "additionalProperties"),
    "array": ("items", "minItems", "maxItems"),
    "string": ("enum", "minLength", "maxLength"),
    "integer": ("enum", "minimum", "maximum"),
    "number": ("minimum", "maximum"),
    "boolean": (),
}
_ALWAYS = ("type", "description")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


def problems_of(schema: Any, place: str, depth: int = 0) -> Iterator[str]:
    """What is wrong with a schema, a sentence each."""
    if not isinstance(schema, dict):
        yield f"{place}: is {called(schema)}; use a table with a type"
        return
    kind = schema.get("type")
    if not isinstance(kind, str) or kind not in KINDS:
        found = "is missing" if kind is None else f"is {shown(str(kind))}"
        yield f"{place}.type: {found}; use {', '.join(KINDS)}"
        return
    if depth > _DEEPEST:
        yield f"{place}: is nested deeper than {_DEEPEST} levels; flatten it"
        return
    for key in schema:
        if key not in (*_ALWAYS, *KINDS[kind]):
            yield f"{place}: unknown key {shown(key)} of type {kind}; {nearest(key, [*_ALWAYS, *KINDS[kind]])}"
    if kind == "object":
        yield from _of_object(schema, place, depth)
    elif kind == "array":
        yield from problems_of(schema.get("items", {}), f"{place}.items", depth + 1)
    if not isinstance(schema.get("description", ""), str):
        yield f"{place}.description: is {called(schema['description'])}; use a string"
    if "enum" in schema:
        yield from _of_choices(schema["enum"], f"{place}.enum", str if kind == "string" else int)
    yield from _of_bounds(schema, place)


def plain(found: Any) -> Any:
    """A checked schema as JSON has it, closed: an object allows no parameters but those declared."""
    if isinstance(found, dict):
        made = {key: plain(value) for key, value in found.items()}
        return (
            made | {"properties": made.get("properties", {}), "additionalProperties": False}
            if made.get("type") == "object"
            else made
        )
    if isinstance(found, list):
        return [plain(value) for value in found]
    return float(found) if isinstance(found, Decimal) else found


def _of_object(schema: dict[str, Any], place: str, depth: int) -> Iterator[str]:
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if schema.get("additionalProperties", False) is not False:
        yield f"{place}.additionalProperties: leave it out; parameters that are not declared are never allowed"
    if not isinstance(properties, dict):
        yield f"{place}.properties: is {called(properties)}; use a table of parameters"
        return
    if len(properties) > MOST_PARAMETERS:
        yield f"{place}.properties: has {len(properties)} entries; at most {MOST_PARAMETERS} are allowed"
    for name, inside in list(properties.items())[:MOST_PARAMETERS]:
        if not _NAME.fullmatch(name):
            yield f"{place}.properties: {shown(name)} is no name of a parameter; use letters, digits and _"
        yield from problems_of(inside, f"{place}.properties.{name[:64]}", depth + 1)
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        yield f"{place}.required: use an array of the names of parameters"
        return
    for name in required:
        if name not in properties:
            hint = nearest(name, list(properties)) if properties else "declare it in properties"
            yield f"{place}.required: {shown(name)} is not declared; {hint}"


def _of_choices(choices: Any, place: str, kind: type) -> Iterator[str]:
    if not isinstance(choices, list) or not choices:
        yield f"{place}: use an array of what may be chosen"
    elif len(choices) > MOST_CHOICES:
        yield f"{place}: has {len(choices)} entries; at most {MOST_CHOICES} are allowed"
    elif any(type(choice) is not kind for choice in choices):
        yield f"{place}: every choice has to be {'a string' if kind is str else 'a whole number'}, as the type says"


def _of_bounds(schema: dict[str, Any], place: str) -> Iterator[str]:
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        bounds = {key: schema[key] for key in (low, high) if key in schema}
        wrong = {
            key for key, value in bounds.items() if type(value) not in ((int, Decimal) if low == "minimum" else (int,))
        }
        yield from (f"{place}.{key}: is {called(bounds[key])}; use a number" for key in sorted(wrong))
        if len(bounds) == 2 and not wrong and bounds[low] > bounds[high]:
            yield f"{place}.{low}: is above {high}; swap them"
