"""Reads JSON files of other people's models: bounded, and never anything but data."""

import json
from pathlib import Path
from typing import Any

MOST_BYTES = 32 << 20  # thousands of label names are one or two million


def read_json(path: Path, kind: type = dict) -> Any:
    """An object in a file, or a list; None if there is no file. ValueError for anything else."""
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"larger than {MOST_BYTES >> 20} MiB")
        found = json.loads(path.read_text("utf-8"))
    except (ValueError, OSError, RecursionError) as error:
        raise ValueError(f"{path} cannot be read as JSON ({error}); save or download it again") from None
    if not isinstance(found, kind):
        raise ValueError(f"{path} holds no JSON {'object' if kind is dict else 'list'}; save or download it again")
    return found
