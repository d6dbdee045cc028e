"""Limits checked before parsing: the size of a message, and how many fields it has.

Protobuf parses whatever it gets: a megabyte of empty submessages becomes half a million objects on the event loop, and
every client waits. So each method has a size limit, and fields are counted in the raw bytes first.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from google.protobuf.descriptor import Descriptor, MethodDescriptor

from bridge.errors import ContractBroken
from bridge.wire.bulk import BYTES, fields

if TYPE_CHECKING:  # the client reads bundles too, and knows no configuration
    from bridge.config import Limits

CONTROL_BYTES = 64 * 1024  # limit for a message without picture, payload or text
MOST_FIELDS = 1024  # in one message, nested ones included
MOST_DIALOGUE_FIELDS = 2048  # a history and a character
MOST_PART_FIELDS = 4096  # in all parts of a bundle
_DIALOGUE = "ConverseRequest"
_WORTH_COUNTING = 4096  # bytes; a smaller message cannot hold enough fields to matter


def largest(method: MethodDescriptor, limits: "Limits") -> int:
    """The size limit of a message to this method, in bytes."""
    if method.name in ("Probe", "Recognize"):
        return limits.message_bytes
    more = {
        "Converse": limits.text_bytes + limits.history_bytes + limits.npc_bytes,
        "Infer": limits.infer_message_bytes,
        "ModelInfer": limits.tensor_bytes,
        "ModelStreamInfer": limits.tensor_bytes,
    }
    return min(limits.message_bytes, CONTROL_BYTES + more.get(method.name, 0))


def check_shape(kind: Descriptor, data: bytes) -> None:
    """ContractBroken if a message has more fields than its kind may have. Stops at the first one too many."""
    if len(data) > _WORTH_COUNTING:
        most = MOST_DIALOGUE_FIELDS if kind.name == _DIALOGUE else MOST_FIELDS
        _count(kind, memoryview(data), most, most)


def check_parts(kind: Descriptor, parts: Sequence[bytes], longest: int) -> None:
    """ContractBroken if the parts of a bundle have more than MOST_PART_FIELDS fields. One of more than `longest` bytes
    is not read, so it counts for nobody else.
    """
    if sum(map(len, parts)) > 2 * MOST_PART_FIELDS:  # a field has two bytes at least
        left = MOST_PART_FIELDS
        for part in parts:
            if len(part) <= longest:
                left = _count(kind, memoryview(part), left, MOST_PART_FIELDS)


def _count(kind: Descriptor, data: memoryview, left: int, most: int) -> int:
    """How many of the `most` fields remain allowed after this message's."""
    for _, key, begin, end in fields(data):
        left -= 1
        if left < 0:
            raise ContractBroken(f"the message has more than {most:,} fields; send several smaller ones")
        field = kind.fields_by_number.get(key >> 3) if key & 7 == BYTES else None
        if field is not None and field.message_type is not None:
            left = _count(field.message_type, data[begin:end], left, most)
    return left
