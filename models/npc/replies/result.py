"""What a game answers to an action, as a sentence that the NPC knows for the rest of its turn."""

import json
from typing import Any

from models.npc.character import Action
from models.npc.english import sentence
from models.npc.facts import Fact

_MOST_CHARACTERS = 300  # of a sentence
_MOST_PARTS = 12


def result_of(action: Action, text: str) -> Fact:
    """The sentence for a result in JSON: a string as it is, an object as "Open shop: sold room, left 2."

    ValueError for what is not JSON.
    """
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    name = _spaced(action.name)
    if isinstance(found, str) and found.strip():
        said = _line(found)
    elif found in (None, "", True) or found == {}:
        said = f"{name} is done"
    elif found is False:
        said = f"{name} could not be done"
    else:
        said = f"{name}: {_line(', '.join(_parts(found)))}"
    return Fact(sentence(said[:_MOST_CHARACTERS]), f"action:{action.name}")


def is_done(text: str) -> bool:
    """Whether a result in JSON says that the action was done: all but `false` does."""
    return json.loads(text) is not False


def failure_of(action: Action, why: str) -> Fact:
    """The sentence for an action that could not be done: the game's own, if it gives one."""
    said = _line(why) or f"{_spaced(action.name)} could not be done"
    return Fact(sentence(said[:_MOST_CHARACTERS]), f"action:{action.name}")


def spoken_of(action: Action, text: str) -> Fact:
    """What may be said of a result as it is: the game's own sentence, or that it is done."""
    found = json.loads(text)
    said = _line(found) if isinstance(found, str) and found.strip() else "it is done"
    return Fact(sentence(said[:_MOST_CHARACTERS]), f"action:{action.name}")


def _parts(found: Any) -> list[str]:
    if isinstance(found, dict):
        return [f"{_spaced(str(key))} {_value(value)}" for key, value in list(found.items())[:_MOST_PARTS]]
    if isinstance(found, list):
        return [_value(value) for value in found[:_MOST_PARTS]]
    return [_value(found)]


def _value(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " and ".join(_parts(value)) if isinstance(value, dict | list) else str(value)


def _spaced(name: str) -> str:
    return " ".join(name.replace("_", " ").split())


def _line(text: str) -> str:
    return " ".join(text.split())
