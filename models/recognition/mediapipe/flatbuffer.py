"""Reads tables of a FlatBuffers file. Every offset is checked: a damaged file raises ValueError, never reads outside.

Knows the container alone (https://flatbuffers.dev/internals/), not what a field means.
"""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its fields are found through the vtable that it refers to, by number."""

    data: bytes
    start: int

    @classmethod
    def root(cls, data: bytes, identifier: bytes) -> "Table":
        """The file's first table. ValueError if the file is not of this kind."""
        if data[4:8] != identifier:
            raise ValueError(f"the file is not a {identifier.decode()} FlatBuffer; is it complete?")
        return cls(data, _unsigned(data, 0))

    def _field(self, number: int) -> int:
        """Where a field is; 0 if it is not set."""
        vtable = self.start - _read(self.data, "<i", self.start)
        place = 4 + 2 * number
        if place >= _read(self.data, "<H", vtable):
            return 0
        offset = _read(self.data, "<H", vtable + place)
        return self.start + offset if offset else 0

    def integer(self, number: int, kind: str = "<i") -> int:
        """A number, in `struct`'s format; 0 if it is not set."""
        place = self._field(number)
        return _read(self.data, kind, place) if place else 0

    def table(self, number: int) -> "Table | None":
        """A table inside this one."""
        place = self._field(number)
        return Table(self.data, place + _unsigned(self.data, place)) if place else None

    def tables(self, number: int) -> list["Table"]:
        """A vector of tables."""
        first, count = self._vector(number)
        places = range(first, first + 4 * count, 4)
        return [Table(self.data, place + _unsigned(self.data, place)) for place in places]

    def array(self, number: int, dtype: type[np.generic]) -> NDArray[np.generic]:
        """A vector of numbers."""
        first, count = self._vector(number)
        if first + count * np.dtype(dtype).itemsize > len(self.data):
            raise ValueError("the file ends inside a vector; is it complete?")
        return np.frombuffer(self.data, dtype, count, first)

    def text(self, number: int) -> str:
        """A string; empty if it is not set."""
        return self.array(number, np.uint8).tobytes().decode()

    def _vector(self, number: int) -> tuple[int, int]:
        """Where a vector's first element is, and how many there are."""
        place = self._field(number)
        if not place:
            return 0, 0
        start = place + _unsigned(self.data, place)
        return start + 4, _unsigned(self.data, start)


def _unsigned(data: bytes, place: int) -> int:
    return _read(data, "<I", place)


def _read(data: bytes, kind: str, place: int) -> int:
    if place < 0 or place + struct.calcsize(kind) > len(data):
        raise ValueError(f"the file refers to byte {place}, which it does not have; is it complete?")
    value: int = struct.unpack_from(kind, data, place)[0]
    return value
