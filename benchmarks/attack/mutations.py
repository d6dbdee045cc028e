"""Random messages: filled from the contract's descriptors, half of them then mutated in their bytes.

The other half stays well-formed, with absurd values. Mutations truncate, flip bits, repeat, change lengths, nest and
insert. Everything is drawn from one seed.
"""

import random
from collections.abc import Callable, Sequence
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

_INTEGERS = (0, 1, -1, 2, 63, 64, 255, 2**31 - 1, -(2**31), 2**53, 2**63 - 1, -(2**63))
_FLOATS = (0.0, 1.0, -1.0, 0.5, 30.0, 1e300, -1e300, float("nan"), float("inf"), float("-inf"))
_TEXTS = ("", "a", "smith", "happy", "hair", "\0", "é" * 40, "x" * 65, "x" * 5000, "../../etc/passwd", "%s%n")
_LONGEST = 200_000  # bytes
_DEPTH = 6
_BUNDLES, _WRONG_COUNTS = 0.2, 0.05


class Mutator:
    """Draws messages. `sessions` are session ids for messages that open a stream."""

    def __init__(self, seed: int, sessions: Sequence[str]) -> None:
        self.random = random.Random(seed)
        self.sessions = sessions

    def bytes_of(self, kind: type[Message]) -> bytes:
        """One serialized message."""
        data = self.filled(kind).SerializeToString()
        return data if self.random.random() < 0.5 else self.broken(data)

    def filled(self, kind: type[Message], depth: int = 0) -> Any:
        """A message with random fields, or a bundle of some."""
        message: Any = kind()
        bundle = kind.DESCRIPTOR.fields_by_name.get("bundle")
        if bundle is not None and not depth and self.random.random() < _BUNDLES:
            message.bundle.parts.extend(self._parts(kind))
            return message
        for field in kind.DESCRIPTOR.fields:
            if field is not bundle and self.random.random() < (0.6 if depth else 0.75):
                self._fill(message, field, depth)
        return message

    def _parts(self, kind: type[Message]) -> list[bytes]:
        """As many as a bundle may have, rarely none or one more; some are broken, or bundles."""
        draw = self.random
        count = draw.choice((0, 65)) if draw.random() < _WRONG_COUNTS else draw.choice((1, 2, 8, 64))
        depths = [0 if draw.random() < _WRONG_COUNTS else 1 for _ in range(count)]  # at 0 a part may be a bundle
        parts = [self.filled(kind, depth).SerializeToString() for depth in depths]
        return [part if draw.random() < 0.8 else self.broken(part) for part in parts]

    def _fill(self, message: Any, field: FieldDescriptor, depth: int) -> None:
        if not field.is_repeated:
            if field.message_type is None:
                setattr(message, field.name, self._value(field))
            elif depth < _DEPTH:
                inner = self.filled(GetMessageClass(field.message_type), depth + 1)
                getattr(message, field.name).CopyFrom(inner)
            return
        for _ in range(self.random.choice((1, 1, 2, 5, 40 if depth < 2 else 2))):
            if field.message_type is None:
                getattr(message, field.name).append(self._value(field))
            elif depth < _DEPTH:
                getattr(message, field.name).append(self.filled(GetMessageClass(field.message_type), depth + 1))

    def _value(self, field: FieldDescriptor) -> Any:
        draw = self.random
        if field.enum_type is not None:
            return draw.choice((*field.enum_type.values_by_number, 99, -1))
        if field.type == field.TYPE_STRING:
            return draw.choice(self.sessions if "session" in field.name and draw.random() < 0.8 else _TEXTS)
        if field.type == field.TYPE_BYTES:
            return draw.randbytes(draw.choice((0, 1, 100, 1025, 5000)))
        if field.type == field.TYPE_BOOL:
            return draw.random() < 0.5
        if field.cpp_type in (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE):
            return draw.choice(_FLOATS)
        bits = 32 if field.cpp_type in (field.CPPTYPE_INT32, field.CPPTYPE_UINT32) else 64
        fitting = [number for number in _INTEGERS if -(2 ** (bits - 1)) <= number < 2 ** (bits - 1)]
        return draw.choice((*fitting, draw.randrange(64), draw.randrange(1000)))

    def broken(self, data: bytes) -> bytes:
        """A message after one to four mutations."""
        mutations: Sequence[Callable[[bytes], bytes]] = (
            self._cut, self._flip, self._repeat, self._lengthen, self._nest, self._insert, self._many,
        )  # fmt: skip
        for _ in range(self.random.choice((1, 1, 2, 4))):
            data = self.random.choice(mutations)(data)[:_LONGEST]
        return data

    def _cut(self, data: bytes) -> bytes:
        return data[: self.random.randrange(len(data) + 1)]

    def _flip(self, data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(self.random.choice((1, 2, 8)) if data else 0):
            changed[self.random.randrange(len(data))] ^= 1 << self.random.randrange(8)
        return bytes(changed)

    def _repeat(self, data: bytes) -> bytes:
        return data * self.random.choice((2, 3, 20))

    def _lengthen(self, data: bytes) -> bytes:
        """Replace a byte, perhaps a length, with a huge varint."""
        at = self.random.randrange(len(data) + 1)
        return data[:at] + b"\xff" * self.random.choice((1, 4, 9, 11)) + b"\x01" + data[at + 1 :]

    def _nest(self, data: bytes) -> bytes:
        for _ in range(self.random.choice((1, 10, 200))):
            data = bytes((self.random.randrange(1, 16) << 3 | 2,)) + _varint(len(data)) + data
        return data

    def _insert(self, data: bytes) -> bytes:
        at = self.random.randrange(len(data) + 1)
        return data[:at] + self.random.randbytes(self.random.choice((1, 3, 50))) + data[at:]

    def _many(self, data: bytes) -> bytes:
        """Append a huge number of empty fields."""
        part = bytes((self.random.randrange(1, 16) << 3 | 2, 0))
        return data + part * self.random.choice((100, 2000, 60_000))


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*parts, number))
