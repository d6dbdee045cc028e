"""Writes FlatBuffers, as far as tests need them: tables of numbers, texts, arrays and tables."""

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Table = Mapping[int, Any]  # field number to int, str, numpy array, a table, or a sequence of tables


def written(root: Table, identifier: bytes) -> bytes:
    """A file. An int is a four-byte number; `np.int8` a byte."""
    data = bytearray(8)
    data[4:8] = identifier
    place = _table(data, root)
    struct.pack_into("<I", data, 0, place)
    return bytes(data)


def _table(data: bytearray, fields: Table) -> int:
    """Append a table, then all that it refers to; returns where it is."""
    _align(data)
    count = max(fields, default=-1) + 1
    vtable = len(data)
    data += bytes(4 + 2 * count + (4 + 2 * count) % 4)
    table = len(data)
    data += struct.pack("<i", table - vtable) + bytes(4 * len(fields))
    struct.pack_into("<HH", data, vtable, 4 + 2 * count, 4 + 4 * len(fields))
    for place, (number, value) in enumerate(sorted(fields.items())):
        offset = 4 + 4 * place
        struct.pack_into("<H", data, vtable + 4 + 2 * number, offset)
        if isinstance(value, np.int8):
            struct.pack_into("<b", data, table + offset, value)
        elif isinstance(value, int):
            struct.pack_into("<i", data, table + offset, value)
        else:
            target = _referred(data, value)
            struct.pack_into("<I", data, table + offset, target - (table + offset))
    return table


def _referred(data: bytearray, value: Any) -> int:
    if isinstance(value, Mapping):
        return _table(data, value)
    if isinstance(value, str):
        value = np.frombuffer(value.encode(), np.uint8)
    _align(data)
    start = len(data)
    data += struct.pack("<I", len(value))
    if isinstance(value, np.ndarray):
        data += value.tobytes()
    else:
        _tables(data, value)
    return start


def _tables(data: bytearray, tables: Sequence[Table]) -> None:
    first = len(data)
    data += bytes(4 * len(tables))
    for place, table in enumerate(tables):
        at = first + 4 * place
        struct.pack_into("<I", data, at, _table(data, table) - at)


def _align(data: bytearray) -> None:
    data += bytes(-len(data) % 4)
