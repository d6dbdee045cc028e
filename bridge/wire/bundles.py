"""Bundles: several messages of a stream, sent as one. Splits them into parts, and joins answers into them.

A bundle is recognised by its first byte, so that other messages pay nothing for it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from google.protobuf.message import Message

from bridge.errors import BridgeError, ContractBroken, TooLarge
from bridge.v1 import bundle_pb2
from bridge.wire.bulk import BYTES, prefix
from bridge.wire.shape import check_parts

MOST_PARTS = 64
PAYLOAD_BYTES = 4096  # that a part carries at most
PART_BYTES = 4608  # a payload of 4 KiB and its header; anything larger travels alone
MOST_BYTES = 32 * 1024  # of the parts that one of ours holds
_PARTS = bundle_pb2.Bundle.PARTS_FIELD_NUMBER
_NEVER = -1


class Parts(tuple[Any, ...]):
    """The messages of a bundle, in order; in place of one that cannot be read, its error."""

    __slots__ = ()


def first_byte(kind: type[Message]) -> int:
    """The first byte of a bundle of such messages, which no other of them begins with; -1 if there are none."""
    field = kind.DESCRIPTOR.fields_by_name.get("bundle")
    return field.number << 3 | BYTES if field is not None else _NEVER


def parts_of(kind: type[Message], data: bytes) -> Sequence[bytes]:
    """The parts of a bundle as they came. DecodeError, or ContractBroken for too many."""
    message: Any = kind.FromString(data)
    if not message.HasField("bundle") or len(message.ListFields()) > 1:
        raise ContractBroken("a message has a bundle and something beside it; send that as a part, or by itself")
    parts: Sequence[bytes] = message.bundle.parts
    if not 0 < len(parts) <= MOST_PARTS:
        raise ContractBroken(f"a bundle has {len(parts):,} parts; send 1 to {MOST_PARTS} in one")
    return parts


def split(kind: type[Message], data: bytes, read: Callable[[bytes], Any]) -> Parts:
    """The parts of a bundle, each read by `read`, which returns errors. DecodeError, or ContractBroken for too many."""
    parts = parts_of(kind, data)
    descriptor: Any = kind.DESCRIPTOR
    check_parts(descriptor, parts, PART_BYTES)
    first = data[:1]
    return Parts([_misfit(part) if len(part) > PART_BYTES or part[:1] == first else read(part) for part in parts])


def _misfit(part: bytes) -> BridgeError:
    if len(part) > PART_BYTES:
        return TooLarge(f"a part of a bundle has {len(part):,} bytes; send more than {PART_BYTES:,} as its own message")
    return ContractBroken("a part of a bundle is a bundle; send its parts one after the other instead")


class Joiner:
    """Joins serialised answers into bundles of one kind of message."""

    def __init__(self, kind: type[Message]) -> None:
        self._number = kind.DESCRIPTOR.fields_by_name["bundle"].number

    def joined(self, messages: Sequence[bytes]) -> list[bytes]:
        """These answers in as few messages as possible, in order: each as large as a part may be goes into a bundle."""
        if len(messages) <= MOST_PARTS and max(map(len, messages), default=0) <= PART_BYTES:  # the common case
            return [self.join(messages)] if messages else []
        found: list[bytes] = []
        parts: list[bytes] = []
        for message in messages:
            if len(message) > PART_BYTES or len(parts) == MOST_PARTS:
                self._close(parts, found)
            if len(message) > PART_BYTES:
                found.append(message)
            else:
                parts.append(message)
        self._close(parts, found)
        return found

    def _close(self, parts: list[bytes], found: list[bytes]) -> None:
        if parts:
            found.append(self.join(parts))
            parts.clear()

    def join(self, parts: Sequence[bytes]) -> bytes:
        """One message with all parts; a single one stands alone."""
        if len(parts) == 1:
            return parts[0]
        body = b"".join([piece for part in parts for piece in (prefix(_PARTS, len(part)), part)])
        return prefix(self._number, len(body)) + body
