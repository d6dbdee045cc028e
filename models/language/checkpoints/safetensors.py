"""Reads safetensors files: tensors, memory-mapped, as numpy arrays.

Source: the format's description in huggingface/safetensors. Trusts none of the bytes: whatever does not fit raises
ValueError. Not by the library of that name, which has no bfloat16 for numpy.
"""

import json
import mmap
from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from models.gguf.kinds import KINDS
from models.gguf.tensor import Tensor

MOST_HEADER_BYTES = 32 << 20  # some 100 bytes a tensor
_MOST_DIMENSIONS = 4
_KINDS = {kind.name: kind for kind in KINDS.values() if kind.name in ("F32", "F16", "BF16")}


def read(path: Path) -> dict[str, Tensor]:
    """All tensors of a file by name. The arrays are views of the map, which closes with the last of them."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size < 10:
                raise _broken(path, "it is too short")
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise _broken(path, error.strerror or "no such file") from None
    length = int.from_bytes(data[:8], "little")
    if not 2 <= length <= min(size - 8, MOST_HEADER_BYTES):
        raise _broken(path, f"it announces a header of {length} bytes")
    header = _header(path, data[8 : 8 + length])
    return {name: _tensor(path, data, 8 + length, name, said) for name, said in header.items()}


def _header(path: Path, text: bytes) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a name occurs twice")
        return found

    try:
        header = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise _broken(path, f"its header is no JSON object ({str(error)[:80]})") from None
    if not isinstance(header, dict):
        raise _broken(path, "its header is no JSON object")
    header.pop("__metadata__", None)
    return header


def _tensor(path: Path, data: mmap.mmap, begin: int, name: str, said: Any) -> Tensor:
    found = str(said.get("dtype") if isinstance(said, dict) else said)
    kind = _KINDS.get(found)
    if kind is None:
        raise _broken(path, f"its tensor {name[:80]} is of type {found[:40]}; {', '.join(_KINDS)} are read")
    shape, span = said.get("shape"), said.get("data_offsets")
    if not _are_counts(shape, 1, _MOST_DIMENSIONS) or not _are_counts(span, 2, 2):
        raise _broken(path, f"its tensor {name[:80]} has no shape or no place")
    first, last = span
    if prod(shape) * kind.block.itemsize != last - first or last > len(data) - begin or not prod(shape):
        raise _broken(path, f"its tensor {name[:80]} is empty, or not where the header says")
    return Tensor(kind, tuple(shape), np.frombuffer(data, kind.block, prod(shape), begin + first).reshape(shape))


def _are_counts(found: Any, least: int, most: int) -> bool:
    return (
        isinstance(found, Sequence)
        and not isinstance(found, str)
        and least <= len(found) <= most
        and all(isinstance(count, int) and not isinstance(count, bool) and 0 <= count < 1 << 48 for count in found)
    )


def _broken(path: Path, what: str) -> ValueError:
    return ValueError(f"{path.name} cannot be read: {what}; download or save the model again")
