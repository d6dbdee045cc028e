"""What comes down an avatar stream: messages, with a frame's payload split off before protobuf would copy it."""

from typing import Any, NamedTuple

from bridge.v1 import avatar_pb2
from bridge.wire.bulk import read_inner


class Received(NamedTuple):
    """A message: its kind, the body of that kind, and for a frame its payload, which `body` then lacks."""

    kind: str
    body: Any
    payload: bytes | memoryview = b""


def read_response(data: bytes) -> Received:
    """From the wire. DecodeError where the bytes are no StreamAvatarResponse."""
    frame = read_inner(avatar_pb2.StreamAvatarResponse, "frame", data)
    if frame is not None:
        return Received("frame", frame.message, frame.payload)
    message = avatar_pb2.StreamAvatarResponse.FromString(data)
    kind = message.WhichOneof("message") or ""
    body = getattr(message, kind) if kind else None
    if kind == "frame":
        return Received(kind, body, message.frame.payload)
    return Received(kind, body)
