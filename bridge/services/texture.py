"""Texture frames on the wire: the payload is appended to a written header, without a copy through protobuf."""

from collections.abc import Iterator, Sequence

from bridge.v1 import avatar_pb2

_FRAME_TAG = bytes([avatar_pb2.StreamAvatarResponse.FRAME_FIELD_NUMBER << 3 | 2])
_PAYLOAD_TAG = bytes([avatar_pb2.TextureFrame.PAYLOAD_FIELD_NUMBER << 3 | 2])


def frame_messages(header: avatar_pb2.TextureFrame, payload: bytes, chunk_bytes: int) -> Sequence[bytes]:
    """A frame as serialised StreamAvatarResponse messages: one, or several chunks of at most `chunk_bytes`.

    `header` holds every field but the place of the chunk and the payload.
    """
    header.total_bytes = len(payload)
    return [_message(header, offset, payload, chunk_bytes) for offset in range(0, len(payload), chunk_bytes)]


def _message(header: avatar_pb2.TextureFrame, offset: int, payload: bytes, chunk_bytes: int) -> bytes:
    header.chunk_offset = offset
    part = payload if len(payload) <= chunk_bytes else payload[offset : offset + chunk_bytes]
    head = b"".join((header.SerializeToString(), _PAYLOAD_TAG, varint(len(part))))
    return b"".join((_FRAME_TAG, varint(len(head) + len(part)), head, part))


def varint(number: int) -> bytes:
    """Protobuf's base-128 form of a number that is not negative."""
    return bytes(_groups(number))


def _groups(number: int) -> Iterator[int]:
    while number > 0x7F:
        yield number & 0x7F | 0x80
        number >>= 7
    yield number
