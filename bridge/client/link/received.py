"""Parses messages of an avatar stream, splitting off a frame's payload to save protobuf's copy."""

from typing import Any, NamedTuple

from bridge.v1 import avatar_pb2
from bridge.wire.bulk import read_inner


class Received(NamedTuple):
    """A message's kind and body, and a frame's payload, which is not in the body."""

    kind: str
    body: Any
    payload: bytes | memoryview = b""


def read_response(data: bytes) -> Received:
    """Parse a message. DecodeError if the bytes are not a StreamAvatarResponse."""
    frame = read_inner(avatar_pb2.StreamAvatarResponse, "frame", data)
    if frame is not None:
        return Received("frame", frame.message, frame.payload)
    message = avatar_pb2.StreamAvatarResponse.FromString(data)
    kind = message.WhichOneof("message") or ""
    body = getattr(message, kind) if kind else None
    if kind == "frame":
        return Received(kind, body, message.frame.payload)
    return Received(kind, body)
