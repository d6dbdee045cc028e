"""Whether a message is worth reading at all: how large it may be, and how many fields it may have.

Protobuf reads what it is given: a megabyte of empty submessages becomes half a million objects, on the event loop, and
all clients wait. So the size is checked by method, and the fields are counted in the bytes before protobuf sees them.
"""

from google.protobuf.descriptor import Descriptor, MethodDescriptor

from bridge.config import Limits
from bridge.errors import ContractBroken
from bridge.wire.bulk import BYTES, fields

CONTROL_BYTES = 64 * 1024  # of a message without a picture, a payload or a text
MOST_FIELDS = 1024  # of one message with all that is inside
_WORTH_COUNTING = 4096  # bytes; what is smaller cannot hold enough to matter


def largest(method: MethodDescriptor, limits: Limits) -> int:
    """The bytes that a message to this method may have."""
    if method.name in ("Probe", "Recognize"):
        return limits.message_bytes
    return min(limits.message_bytes, CONTROL_BYTES + (limits.text_bytes if method.name == "Converse" else 0))


def check_shape(kind: Descriptor, data: bytes) -> None:
    """ContractBroken for more fields than any client has reason to send. Gives up at the first one too many."""
    if len(data) > _WORTH_COUNTING:
        _count(kind, memoryview(data), MOST_FIELDS)


def _count(kind: Descriptor, data: memoryview, left: int) -> int:
    """How many fields are left after those of this message."""
    for _, key, begin, end in fields(data):
        left -= 1
        if left < 0:
            raise ContractBroken(f"the message has more than {MOST_FIELDS:,} fields; send several smaller ones")
        field = kind.fields_by_number.get(key >> 3) if key & 7 == BYTES else None
        if field is not None and field.message_type is not None:
            left = _count(field.message_type, data[begin:end], left)
    return left
