"""Our client, as a game would write it: a few streams per capability, each request on a free slot with its budget.

It uses the generated stub only. The link is measured as the contract says: recent round trips minus the server's time.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc
import numpy as np
from fake_device.play import Ask, Refused, Request, main
from fake_device.workload import Setup, flight_of

from bridge.v1 import (
    avatar_pb2,
    avatar_pb2_grpc,
    bridge_pb2,
    bridge_pb2_grpc,
    media_pb2,
    recognition_pb2,
    recognition_pb2_grpc,
    timing_pb2,
)

_SLOTS = 16  # of each stream
_LINK_WINDOW = 32  # answers
_STREAMS = 4  # a stream writes one message at a time
_PICTURE = media_pb2.Image(
    format=media_pb2.IMAGE_FORMAT_RGB24, width=8, height=8, data=np.zeros((8, 8, 3), np.uint8).tobytes()
)
_SERVER_SECONDS = 30.0


class Exchange:
    """One stream: sends requests on free slots and resolves them with the answers.

    `link` holds the recent transport times of all streams, in seconds.
    """

    def __init__(self, call: Any, ladder: Any, slots: range, link: deque[float]) -> None:
        self._ladder = ladder
        self._call = call
        self._indices = itertools.count(1)
        self._free = deque(slots)
        self._received = dict.fromkeys(slots, 0)
        self._asked: dict[int, tuple[float, asyncio.Future[Any]]] = {}
        self._writing = asyncio.Lock()  # grpc.aio allows one write at a time
        self._link = link
        self._clock = asyncio.get_running_loop().time

    async def ask(self, request: Request, make: Any) -> Any:
        """Send the message that `make` builds; returns the answer. Refused if there is none, or no slot is free."""
        if not self._free:
            raise Refused
        slot, index = self._free.popleft(), next(self._indices)
        heard: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._asked[index] = (self._clock(), heard)
        budget = timing_pb2.Budget(
            budget_micros=round(request.budget * 1e6), link_micros=int(self._usual_link() * 1e6), ladder=self._ladder
        )
        try:
            async with self._writing:
                await self._call.write(make(slot, index, budget, self._received[slot]))
            return await heard
        finally:
            self._asked.pop(index, None)
            self._free.append(slot)

    def _usual_link(self) -> float:
        """The 70th percentile of recent transport times, as in the Python client."""
        return sorted(self._link)[int(0.7 * len(self._link))] if self._link else 0.0

    async def read(self) -> None:
        """Resolve requests until cancelled."""
        while (message := await self._call.read()) is not grpc.aio.EOF:
            kind = message.WhichOneof("message")
            if kind not in ("frame", "result", "status"):
                continue
            body = getattr(message, kind)
            sent, heard = self._asked.get(body.frame_index, (0.0, None))
            if heard is None or heard.done():
                continue
            timing = body.outcome.timing if kind == "status" else body.timing
            self._link.append(max(0.0, self._clock() - sent - timing.server_micros / 1e6))
            if kind == "status":
                heard.set_exception(Refused())
                continue
            if kind == "frame":
                self._received[body.slot] = body.frame_index
            heard.set_result(body)


def _frame(slot: int, index: int, budget: timing_pb2.Budget, received: int) -> avatar_pb2.StreamAvatarRequest:
    frame = avatar_pb2.AvatarFrameRequest(slot=slot, frame_index=index, budget=budget, last_received_index=received)
    return avatar_pb2.StreamAvatarRequest(frame=frame)


def _look(slot: int, index: int, budget: timing_pb2.Budget, received: int) -> recognition_pb2.RecognizeRequest:
    task = recognition_pb2.RecognitionTask(kind=recognition_pb2.RECOGNITION_KIND_CLASSIFY, budget=budget, max_results=1)
    frame = recognition_pb2.CameraFrame(slot=slot, frame_index=index, tasks=[task], image=_PICTURE)
    return recognition_pb2.RecognizeRequest(frame=frame)


async def _avatars(stub: Any, session: str, slots: range) -> Any:
    call = stub.StreamAvatar()
    await call.write(avatar_pb2.StreamAvatarRequest(open=avatar_pb2.AvatarOpen(session_id=session)))
    for slot in slots:
        look = avatar_pb2.AvatarSetLook(slot=slot, look=avatar_pb2.AvatarLook(seed=slot))
        await call.write(avatar_pb2.StreamAvatarRequest(look=look))
    return call


async def _cameras(stub: Any, session: str) -> Any:
    call = stub.Recognize()
    await call.write(recognition_pb2.RecognizeRequest(open=recognition_pb2.RecognizeOpen(session_id=session)))
    return call


@asynccontextmanager
async def connect(address: str, models: Sequence[str]) -> AsyncIterator[Ask]:
    async with grpc.aio.insecure_channel(address) as channel:
        await asyncio.wait_for(channel.channel_ready(), _SERVER_SECONDS)
        hello = bridge_pb2.HandshakeRequest(protocol=bridge_pb2.ProtocolVersion(major=1), client_name="benchmark")
        session = (await bridge_pb2_grpc.BridgeServiceStub(channel).Handshake(hello)).session_id
        best_only = "best_only" in Setup.of_environment().settings
        ladder = timing_pb2.LADDER_POLICY_BEST_ONLY if best_only else timing_pb2.LADDER_POLICY_ANY
        avatars = avatar_pb2_grpc.AvatarServiceStub(channel)
        cameras = recognition_pb2_grpc.RecognitionServiceStub(channel)
        exchanges: dict[str, list[Exchange]] = {"texture": [], "tracker": []}
        links: dict[str, deque[float]] = {model: deque(maxlen=_LINK_WINDOW) for model in exchanges}
        for stream in range(_STREAMS):
            slots = range(
                _SLOTS * stream, _SLOTS * (stream + 1)
            )  # avatar slots belong to the session, not to the stream
            if "texture" in models:
                exchanges["texture"].append(
                    Exchange(await _avatars(avatars, session, slots), ladder, slots, links["texture"])
                )
            if "tracker" in models:
                exchanges["tracker"].append(Exchange(await _cameras(cameras, session), ladder, slots, links["tracker"]))
        turns = {model: itertools.cycle(streams) for model, streams in exchanges.items()}

        async def ask(request: Request) -> tuple[int, int]:
            exchange = next(turns[request.model])
            if request.model == "tracker":
                result = await exchange.ask(request, _look)
                return -1, result.timing.rung_index
            frame = await exchange.ask(request, _frame)
            if frame.repeated_frame:  # an earlier frame again: no new one was ready in time
                raise Refused
            return flight_of(frame.payload), frame.timing.rung_index

        work = [asyncio.create_task(exchange.read()) for streams in exchanges.values() for exchange in streams]
        try:
            yield ask
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)


if __name__ == "__main__":
    main(connect)
