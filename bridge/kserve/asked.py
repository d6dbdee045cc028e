"""Reads a ModelInferRequest: tensors sent as raw bytes are split off instead of parsed, since protobuf would copy them
twice. The rest is small.
"""

from typing import Any, NamedTuple

from bridge.errors import ContractBroken, TooLarge
from bridge.kserve.messages import message
from bridge.wire.bulk import BYTES, fields
from bridge.wire.shape import CONTROL_BYTES

REQUEST: Any = message("ModelInferRequest")

_RAW = REQUEST.DESCRIPTOR.fields_by_name["raw_input_contents"].number << 3 | BYTES


class Asked(NamedTuple):
    """A request: the message without `raw_input_contents`, and these."""

    message: Any
    raw: list[memoryview]


def read_asked(data: bytes) -> Asked:
    """Parse a request. DecodeError for bytes that are none, TooLarge if the rest is large."""
    view, raw, rest, end = memoryview(data), [], [], 0
    for start, key, begin, end in fields(data):
        if key == _RAW:
            raw.append(view[begin:end])
        else:
            rest.append(view[start:end])
    if end != len(data):
        raise ContractBroken(f"the bytes end within a field of {REQUEST.DESCRIPTOR.full_name}; send a whole message")
    head = b"".join(rest)
    if len(head) > CONTROL_BYTES:
        raise TooLarge(
            f"the request has {len(head):,} bytes besides raw_input_contents; send at most {CONTROL_BYTES:,}, and big "
            "tensors as raw_input_contents instead of `contents`"
        )
    return Asked(REQUEST.FromString(head), raw)
