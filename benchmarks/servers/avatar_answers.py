"""Answers of the bare avatar servers: 180 bytes or so for each requested frame, as our server's are."""

import time

from bridge.v1 import avatar_pb2, bundle_pb2, timing_pb2

OPTIONS = (("grpc.max_receive_message_length", 16 << 20), ("grpc.max_send_message_length", 16 << 20))
_PAYLOAD = bytes(range(64))


def answered(message: avatar_pb2.StreamAvatarRequest) -> avatar_pb2.StreamAvatarResponse:
    """The answer to a request, or a bundle of them to a bundle."""
    if message.WhichOneof("message") != "bundle":
        return _frame(message.frame)
    parts = [avatar_pb2.StreamAvatarRequest.FromString(part) for part in message.bundle.parts]
    answers = [_frame(part.frame).SerializeToString() for part in parts]
    return avatar_pb2.StreamAvatarResponse(bundle=bundle_pb2.Bundle(parts=answers))


def _frame(request: avatar_pb2.AvatarFrameRequest) -> avatar_pb2.StreamAvatarResponse:
    now = round(time.perf_counter() * 1e6)
    timing = timing_pb2.Timing(
        server_micros=now % 100_000, queue_micros=now % 10_000, compute_micros=10_000, batch_size=8, rung="avatar.64"
    )
    frame = avatar_pb2.TextureFrame(
        slot=request.slot,
        frame_index=request.frame_index,
        width=4,
        height=4,
        total_bytes=len(_PAYLOAD),
        timing=timing,
        payload=_PAYLOAD,
    )
    return avatar_pb2.StreamAvatarResponse(frame=frame)
