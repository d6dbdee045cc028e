"""Reads the JSON files of a model's folder, whose authors are not trusted."""

import json
from pathlib import Path
from typing import Any

LARGEST = 128 << 20  # bytes; the largest tokenizer.json in use has 33 MB


def read_object(path: Path, what: str) -> dict[str, Any]:
    """The object in a JSON file. ValueError if there is none; `what` says what the file is for."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise ValueError(
            f"{path.parent.name} has no {path.name}, which holds {what}; fetch the folder again"
        ) from error
    if len(data) > LARGEST:
        raise ValueError(f"{path.name} of {path.parent.name} is larger than {LARGEST >> 20} MiB, too large for {what}")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path.name} of {path.parent.name} is not JSON; fetch the folder again") from error
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} of {path.parent.name} holds no object; fetch the folder again")
    return found


def read_optional(path: Path, what: str) -> dict[str, Any]:
    """As `read_object`; an empty one if there is no such file."""
    return read_object(path, what) if path.exists() else {}
