"""Our client, as a game would write it: each request on a free slot with its budget.

It uses the generated stub only. The link is measured as the contract says: recent round trips minus the server's time.
What is asked in one update of the game goes up as one bundle. Settings: `unbundled`, to send and receive every message
by itself; `connections`, over how many of them the trace's clients spread, each with a session. Each form has what
suits it: one stream writes one message at a time, so without bundles a session has four of them, and with bundles one.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

import grpc
import numpy as np
from fake_device.play import Ask, Refused, Request, main
from fake_device.workload import Setup, flight_of

from bridge.v1 import (
    avatar_pb2,
    avatar_pb2_grpc,
    bridge_pb2,
    bridge_pb2_grpc,
    bundle_pb2,
    media_pb2,
    recognition_pb2,
    recognition_pb2_grpc,
    timing_pb2,
)

_SLOTS = 64  # of all avatars, and of all cameras
_LEAST_SLOTS = 8  # of a session
_STREAMS = 4  # of a session, without bundles
_PARTS = 64  # of a bundle
_LINK_WINDOW = 32  # answers
_PICTURE = media_pb2.Image(
    format=media_pb2.IMAGE_FORMAT_RGB24, width=8, height=8, data=np.zeros((8, 8, 3), np.uint8).tobytes()
)
_SERVER_SECONDS = 30.0
_OPTIONS = [("grpc.use_local_subchannel_pool", 1)]  # otherwise all connections are one

Make = Callable[[int, int, timing_pb2.Budget, int], Any]  # of slot, index, budget and the last index received


class Link:
    """The recent transport times of all streams: round trips less the server's time."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=_LINK_WINDOW)
        self._usual: int | None = 0

    def note(self, seconds: float) -> None:
        """Add one."""
        self._recent.append(max(0.0, seconds))
        self._usual = None

    @property
    def usual_micros(self) -> int:
        """The 70th percentile, as in the Python client; 0 before the first answer."""
        if self._usual is None:
            self._usual = int(1e6 * sorted(self._recent)[int(0.7 * len(self._recent))])
        return self._usual


class Messages(NamedTuple):
    """The messages of a stream: its requests and responses, and what asks for an answer."""

    request: Any
    response: Any
    make: Make


class Exchange:
    """One stream: sends requests on free slots and resolves them with the answers."""

    def __init__(self, call: Any, messages: Messages, ladder: Any, slots: range, link: Link, bundles: bool) -> None:
        self._call = call
        self._messages = messages
        self._ladder = ladder
        self._link = link
        self._bundles = bundles
        self._indices = itertools.count(1)
        self._free = deque(slots)
        self._received = dict.fromkeys(slots, 0)
        self._asked: dict[int, tuple[float, asyncio.Future[Any]]] = {}
        self._outgoing: deque[Any] = deque()
        self._ready = asyncio.Event()
        self._clock = asyncio.get_running_loop().time

    async def ask(self, request: Request) -> Any:
        """Send a request; returns the answer. Refused if there is none, or no slot is free."""
        if not self._free:
            raise Refused
        slot, index = self._free.popleft(), next(self._indices)
        heard: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._asked[index] = (self._clock(), heard)
        budget = timing_pb2.Budget(
            budget_micros=round(request.budget * 1e6), link_micros=self._link.usual_micros, ladder=self._ladder
        )
        self._outgoing.append(self._messages.make(slot, index, budget, self._received[slot]))
        if not (self._bundles and request.more):  # else the end of the game's update sends it
            self._ready.set()
        try:
            return await heard
        finally:
            self._asked.pop(index, None)
            self._free.append(slot)

    async def write(self) -> None:
        """Send what was asked, until cancelled. The task wakes at the end of the loop's turn, so all of that goes."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            while self._outgoing:
                await self._call.write(self._bundle() if self._bundles else self._outgoing.popleft())

    def _bundle(self) -> Any:
        if len(self._outgoing) == 1:
            return self._outgoing.popleft()
        count = min(_PARTS, len(self._outgoing))
        parts = [self._outgoing.popleft().SerializeToString() for _ in range(count)]
        return self._messages.request(bundle=bundle_pb2.Bundle(parts=parts))

    async def read(self) -> None:
        """Resolve requests until cancelled."""
        while (message := await self._call.read()) is not grpc.aio.EOF:
            if message.WhichOneof("message") != "bundle":
                self._hear(message)
                continue
            for part in message.bundle.parts:
                self._hear(self._messages.response.FromString(part))

    def _hear(self, message: Any) -> None:
        kind = message.WhichOneof("message")
        if kind not in ("frame", "result", "status"):
            return
        body = getattr(message, kind)
        sent, heard = self._asked.get(body.frame_index, (0.0, None))
        if heard is None or heard.done():
            return
        timing = body.outcome.timing if kind == "status" else body.timing
        self._link.note(self._clock() - sent - timing.server_micros / 1e6)
        if kind == "status":
            heard.set_exception(Refused())
            return
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


Turns = Iterator[Exchange]

_AVATARS = Messages(avatar_pb2.StreamAvatarRequest, avatar_pb2.StreamAvatarResponse, _frame)
_CAMERAS = Messages(recognition_pb2.RecognizeRequest, recognition_pb2.RecognizeResponse, _look)


async def _avatars(channel: grpc.aio.Channel, session: str, slots: range) -> Any:
    call = avatar_pb2_grpc.AvatarServiceStub(channel).StreamAvatar()
    await call.write(avatar_pb2.StreamAvatarRequest(open=avatar_pb2.AvatarOpen(session_id=session)))
    for slot in slots:
        look = avatar_pb2.AvatarSetLook(slot=slot, look=avatar_pb2.AvatarLook(seed=slot))
        await call.write(avatar_pb2.StreamAvatarRequest(look=look))
    return call


async def _cameras(channel: grpc.aio.Channel, session: str, slots: range) -> Any:
    call = recognition_pb2_grpc.RecognitionServiceStub(channel).Recognize()
    await call.write(recognition_pb2.RecognizeRequest(open=recognition_pb2.RecognizeOpen(session_id=session)))
    return call


_KINDS = {"texture": (_avatars, _AVATARS), "tracker": (_cameras, _CAMERAS)}


@asynccontextmanager
async def connect(address: str, models: Sequence[str]) -> AsyncIterator[Ask]:
    """Connect as configured in the settings. RuntimeError if the server knows no bundles and should."""
    settings = Setup.of_environment().settings
    async with AsyncExitStack() as stack:
        connections = [
            await stack.enter_async_context(_connection(address, models, settings))
            for _ in range(round(settings.get("connections", 1)))
        ]
        spread = itertools.cycle(connections)
        of_client: dict[str, Mapping[str, Turns]] = {}

        async def ask(request: Request) -> tuple[int, int]:
            connection = of_client.get(request.client)
            if connection is None:
                connection = of_client[request.client] = next(spread)
            answer = await next(connection[request.model]).ask(request)
            if request.model == "tracker" or answer.repeated_frame:  # an earlier frame: no new one was ready in time
                return -1, answer.timing.rung_index
            return flight_of(answer.payload), answer.timing.rung_index

        yield ask


@asynccontextmanager
async def _connection(
    address: str, models: Sequence[str], settings: Mapping[str, float]
) -> AsyncIterator[Mapping[str, Turns]]:
    """A connection with a session of its own: for each model, the streams that take requests in turns."""
    bundles = "unbundled" not in settings
    ladder = timing_pb2.LADDER_POLICY_BEST_ONLY if "best_only" in settings else timing_pb2.LADDER_POLICY_ANY
    count = max(_LEAST_SLOTS, _SLOTS // round(settings.get("connections", 1)))
    size = count if bundles else count // _STREAMS
    slots = [range(first, first + size) for first in range(0, count, size)]  # they belong to the session
    async with grpc.aio.insecure_channel(address, options=_OPTIONS) as channel:
        await asyncio.wait_for(channel.channel_ready(), _SERVER_SECONDS)
        session = await _session(channel, bundles)
        exchanges: dict[str, list[Exchange]] = {}
        for model in models:
            opens, messages = _KINDS[model]
            link = Link()
            exchanges[model] = [
                Exchange(await opens(channel, session, each), messages, ladder, each, link, bundles) for each in slots
            ]
        work = [
            asyncio.create_task(task)
            for streams in exchanges.values()
            for exchange in streams
            for task in (exchange.read(), exchange.write())
        ]
        try:
            yield {model: itertools.cycle(streams) for model, streams in exchanges.items()}
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)


async def _session(channel: grpc.aio.Channel, bundles: bool) -> str:
    hello = bridge_pb2.HandshakeRequest(
        protocol=bridge_pb2.ProtocolVersion(major=1, minor=4), client_name="benchmark", wants_bundles=bundles
    )
    answer = await bridge_pb2_grpc.BridgeServiceStub(channel).Handshake(hello)
    if answer.bundles != bundles:
        raise RuntimeError("this server knows no bundles; measure it with the setting `unbundled`")
    return str(answer.session_id)


if __name__ == "__main__":
    main(connect)
