"""A plain grpc.aio server that sends frames through the generated stub; payload.py compares ours with it:
`python plain_frames.py BYTES`.

`queue_micros` is the send time, as in painter.py. Frames of slot 0 are sent at once. Frames of slot 1 are sent after a
moment, as if something drew them: by then the client's core sleeps, and waking it is part of the latency.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator

import grpc.aio
import numpy as np

from bridge.v1 import avatar_pb2, avatar_pb2_grpc, timing_pb2

_DRAWN_AFTER = 0.0005  # seconds; epoll rounds it up to 1 ms. The painter's frames take 0.5 ms
_OPTIONS = [("grpc.max_send_message_length", 16 << 20)]


class Frames(avatar_pb2_grpc.AvatarServiceServicer):
    """Implements frames of StreamAvatar only."""

    def __init__(self, size: int) -> None:
        self._payload = np.random.default_rng(size).bytes(size)

    async def StreamAvatar(  # noqa: N802
        self, request_iterator: AsyncIterator[avatar_pb2.StreamAvatarRequest], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[avatar_pb2.StreamAvatarResponse]:
        async for request in request_iterator:
            if request.frame.slot:
                await asyncio.sleep(_DRAWN_AFTER)
            timing = timing_pb2.Timing(queue_micros=round(time.perf_counter() * 1e6))
            frame = avatar_pb2.TextureFrame(
                slot=request.frame.slot,
                frame_index=request.frame.frame_index,
                total_bytes=len(self._payload),
                timing=timing,
                payload=self._payload,
            )
            yield avatar_pb2.StreamAvatarResponse(frame=frame)


async def main(size: int) -> None:
    """Serve on a free port, and print it."""
    server = grpc.aio.server(options=_OPTIONS)
    avatar_pb2_grpc.add_AvatarServiceServicer_to_server(Frames(size), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(f"serving at 127.0.0.1:{port}", flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
