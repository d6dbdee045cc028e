"""One avatar stream, played at 60 frames a second: `k` requests at each frame, alone or in one message.

The same client for every server: the generated stub on grpc.aio. A request has 60 bytes or so, an answer 180.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import grpc.aio

from bridge.v1 import avatar_pb2, avatar_pb2_grpc, bridge_pb2, bridge_pb2_grpc, bundle_pb2, timing_pb2

FRAME = 1 / 60
_BUDGET_MICROS = 100_000  # never the reason why something is late
_READY_SECONDS = 60.0
_GRACE = 5.0  # seconds for the last answers


class Player:
    """A stream to one server, of single messages or of bundles. `took` has the round trips of the last `play`, in
    seconds.
    """

    def __init__(self, address: str, bundled: bool) -> None:
        self.took: list[float] = []
        self._bundled = bundled
        self._channel = grpc.aio.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)])
        self._stub: Any = avatar_pb2_grpc.AvatarServiceStub(self._channel)  # type: ignore[no-untyped-call]
        self._index = 0
        self._sent: dict[tuple[int, int], float] = {}
        self._all_heard = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    async def open(self, ours: bool, slots: int) -> bool:
        """Connect; False if the server takes no bundles. One of ours wants a session, and a look for each slot."""
        await asyncio.wait_for(self._channel.channel_ready(), _READY_SECONDS)
        self._call = self._stub.StreamAvatar()
        if ours:
            bridge: Any = bridge_pb2_grpc.BridgeServiceStub(self._channel)  # type: ignore[no-untyped-call]
            version = bridge_pb2.ProtocolVersion(major=1, minor=4)
            hello = bridge_pb2.HandshakeRequest(protocol=version, client_name="benchmark", wants_bundles=self._bundled)
            answer = await bridge.Handshake(hello)
            if self._bundled and not answer.bundles:
                return False
            opening = avatar_pb2.AvatarOpen(session_id=answer.session_id)
            await self._call.write(avatar_pb2.StreamAvatarRequest(open=opening))
            for slot in range(slots):
                look = avatar_pb2.AvatarSetLook(slot=slot, look=avatar_pb2.AvatarLook(seed=slot))
                await self._call.write(avatar_pb2.StreamAvatarRequest(look=look))
        self._reading = asyncio.create_task(self._read())
        return True

    async def play(self, seconds: float, k: int) -> int:
        """Play, wait for the last answers, and return how many there were. RuntimeError if some never came."""
        send: Callable[[int], Awaitable[None]] = self._send_bundle if self._bundled else self._send_each
        self.took.clear()
        loop = asyncio.get_running_loop()
        began = loop.time()
        for frame in range(round(seconds / FRAME)):
            await asyncio.sleep(began + frame * FRAME - loop.time())
            await send(k)
        try:
            await asyncio.wait_for(self._wait_answered(), _GRACE)
        except TimeoutError:
            raise RuntimeError(f"{len(self._sent)} answers never came") from None
        return len(self.took)

    async def _wait_answered(self) -> None:
        while self._sent:
            self._all_heard.clear()
            await self._all_heard.wait()

    async def close(self) -> None:
        """Close the connection."""
        if self._reading is not None:
            self._reading.cancel()
        await self._channel.close()

    def _request(self, slot: int) -> avatar_pb2.StreamAvatarRequest:
        self._index += 1
        self._sent[slot, self._index] = time.perf_counter()
        budget = timing_pb2.Budget(budget_micros=_BUDGET_MICROS, link_micros=1000)
        frame = avatar_pb2.AvatarFrameRequest(
            slot=slot, frame_index=self._index, budget=budget, last_received_index=max(0, self._index - 9)
        )
        return avatar_pb2.StreamAvatarRequest(frame=frame)

    async def _send_each(self, k: int) -> None:
        for slot in range(k):
            await self._call.write(self._request(slot))

    async def _send_bundle(self, k: int) -> None:
        parts = [self._request(slot).SerializeToString() for slot in range(k)]
        await self._call.write(avatar_pb2.StreamAvatarRequest(bundle=bundle_pb2.Bundle(parts=parts)))

    async def _read(self) -> None:
        while (message := await self._call.read()) is not grpc.aio.EOF:  # type: ignore[attr-defined]
            if message.WhichOneof("message") == "bundle":
                for part in message.bundle.parts:
                    self._hear(avatar_pb2.StreamAvatarResponse.FromString(part))
            else:
                self._hear(message)
            if not self._sent:
                self._all_heard.set()

    def _hear(self, answer: avatar_pb2.StreamAvatarResponse) -> None:
        if answer.WhichOneof("message") not in ("frame", "status"):
            return
        body = answer.frame if answer.HasField("frame") else answer.status
        sent = self._sent.pop((body.slot, body.frame_index))
        self.took.append(time.perf_counter() - sent)
