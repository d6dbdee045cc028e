"""Texture frames on the wire: appends the payload to a serialised header, without protobuf's copies."""

from collections.abc import Sequence

from bridge.v1 import avatar_pb2
from bridge.wire.bulk import prefix

_FRAME = avatar_pb2.StreamAvatarResponse.FRAME_FIELD_NUMBER
_PAYLOAD = avatar_pb2.TextureFrame.PAYLOAD_FIELD_NUMBER


def frame_messages(header: avatar_pb2.TextureFrame, payload: bytes | memoryview, chunk_bytes: int) -> Sequence[bytes]:
    """A frame as serialised StreamAvatarResponse messages: one, or several chunks of at most `chunk_bytes`.

    `header` holds every field except the payload, its total size and the chunk's offset.
    """
    header.total_bytes = len(payload)
    if len(payload) <= chunk_bytes:
        return [_message(header, 0, payload)]
    return [
        _message(header, offset, payload[offset : offset + chunk_bytes])
        for offset in range(0, len(payload), chunk_bytes)
    ]


def _message(header: avatar_pb2.TextureFrame, offset: int, part: bytes | memoryview) -> bytes:
    header.chunk_offset = offset
    head = header.SerializeToString() + prefix(_PAYLOAD, len(part))
    return b"".join((prefix(_FRAME, len(head) + len(part)), head, part))
