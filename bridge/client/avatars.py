"""Avatars: sends looks and frame requests, receives texture frames.

Frames that are late by the client's clock, or older than one already delivered, are dropped here.
"""

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import grpc

from bridge.client.answers import MICROS, Unanswered, call_failed, unanswered
from bridge.client.frames import FORMAT_VALUES, Frame, frame_of
from bridge.client.link.connection import Connection
from bridge.client.link.method import Method
from bridge.client.link.payloads import Missing, Payload, Payloads
from bridge.client.link.pending import Key, Pending, gone, late, on_time
from bridge.client.link.received import Received, read_response
from bridge.client.link.round_trip import Link
from bridge.client.link.stream import Stream
from bridge.client.subscription import Subscription
from bridge.errors import BridgeError, CallFailed
from bridge.v1 import avatar_pb2, avatar_pb2_grpc, error_pb2, timing_pb2

DEFAULT_BUDGET = 0.050  # the server's default (a test compares them), needed here to drop late frames
_MEASURE_EVERY = 1.0  # seconds, while frames of a subscription arrive
_TELLING_SHARE = 0.5  # of the budget; a link that takes more is reported
_METHOD = "/bridge.v1.AvatarService/StreamAvatar"

Answer = Frame | Unanswered
FrameFuture = asyncio.Future[Answer]


@dataclass(slots=True, eq=False)
class _Slot:
    """The client's state of one avatar, enough to restore it after a lost session."""

    look: avatar_pb2.AvatarSetLook | None = None
    subscription: Subscription | None = None
    newest: int = 0
    fault: CallFailed | None = None
    ahead: int = 0  # frames that a subscription may have sent and we have not received
    late: int = 0  # frames received after their budget, since the stream opened


class Avatars:
    """The avatars of one client, on one stream. Created by `BridgeClient.avatars`."""

    def __init__(self, connection: Connection) -> None:
        stub: Any = avatar_pb2_grpc.AvatarServiceStub(connection.channel)
        self._connection = connection
        method: Method[avatar_pb2.StreamAvatarRequest, Received] = Method(
            connection.channel,
            _METHOD,
            write=avatar_pb2.StreamAvatarRequest.SerializeToString,
            read=read_response,
            up=avatar_pb2.StreamAvatarRequest,
            down=avatar_pb2.StreamAvatarResponse,
        )
        self._stream = Stream(connection, method, self)
        self._schema = stub.GetAvatarSchema
        self._link = Link(connection.link)
        self._payloads = Payloads()
        self._slots: dict[int, _Slot] = {}
        self._pending: Pending[Frame] = Pending()
        self._measuring: asyncio.Task[None] | None = None
        self._measured_at = time.perf_counter()

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._measuring is not None:
            self._measuring.cancel()
            await asyncio.gather(self._measuring, return_exceptions=True)
        await self._stream.__aexit__(kind, error, trace)

    def set_look(
        self,
        slot: int,
        *,
        seed: int = 0,
        attributes: Mapping[str, str] | None = None,
        expression: str = "",
        intensity: float = 1.0,
        morph: float = 0.0,
    ) -> None:
        """Set the look of a slot, morphing over `morph` seconds. Returns at once.

        Every attribute follows from `seed`; `attributes` overrides some by name, with colours as "#rrggbb". An invalid
        look raises CallFailed from the slot's next frame.
        """
        look = avatar_pb2.AvatarLook(seed=seed)
        look.attributes.extend(
            avatar_pb2.AvatarAttribute(name=name, value=value) for name, value in (attributes or {}).items()
        )
        if expression:
            look.expression.name, look.expression.intensity = expression, intensity
        message = avatar_pb2.AvatarSetLook(slot=slot, look=look, morph_micros=round(morph * MICROS))
        self._stream.send(avatar_pb2.StreamAvatarRequest(look=message))
        self._slot(slot).look = message

    def request(self, slot: int, *, budget: float = DEFAULT_BUDGET, format: str = "") -> FrameFuture:  # noqa: A002
        """Request the avatar's current picture without waiting: the future gets a Frame or an Unanswered.

        A newer request of the slot replaces one that has not started. `format` is "rgba32", "png" or "webp"; the
        default is the first one given to BridgeClient. `budget` 0 means the server's default, which this client does
        not know, so it drops no frame as late.
        """
        state = self._slots.get(slot) or self._slot(slot)
        index = self._connection.next_index(state.newest + state.ahead)
        state.ahead = 0 if state.subscription is None else state.ahead
        message = avatar_pb2.StreamAvatarRequest()
        frame = message.frame  # filled in place, in less than half the time that copying parts into one another takes
        frame.slot, frame.frame_index = slot, index
        frame.last_received_index, frame.late_frame_count = state.newest, state.late
        self._allow(frame.budget, budget)
        if format:
            frame.format = FORMAT_VALUES[format]
        key = Key(slot, index)
        if not self._stream.connected:
            return self._pending.refuse(key)
        future = self._pending.ask(key, budget)
        self._stream.send(message)
        return future

    async def frame(self, slot: int, *, budget: float = DEFAULT_BUDGET, format: str = "") -> Answer:  # noqa: A002
        """Request the avatar's current picture and wait for the outcome."""
        return await self.request(slot, budget=budget, format=format)

    async def subscribe(
        self,
        slot: int,
        *,
        fps: float = 30.0,
        budget: float = DEFAULT_BUDGET,
        format: str = "",  # noqa: A002
        keep_late: bool = False,
        heartbeat: float = 0.0,
    ) -> AsyncGenerator[Frame, None]:
        """Receive frames of a slot at a steady rate, until the loop is left.

        A loop slower than the rate gets the newest frame and skips older ones. Frames are acknowledged as they arrive.
        Late ones are dropped, or with `keep_late` delivered with `late_by` set; the first one is always delivered. With
        a `heartbeat` (up to 1 second) a frame identical to the last is left out, except once every `heartbeat` seconds;
        a server of minor version 0 sends them all. `problem` says why no frames come.
        """
        message = avatar_pb2.AvatarSubscribe(
            slot=slot,
            frames_per_second=fps,
            format=FORMAT_VALUES[format] if format else None,
            heartbeat_micros=round(heartbeat * MICROS),
        )
        self._allow(message.budget, budget)
        state = self._slot(slot)
        if self._stream.connected:  # otherwise it is sent after reconnection, following the look
            self._stream.send(avatar_pb2.StreamAvatarRequest(subscribe=message))
        mine = state.subscription = Subscription(message, keep_late)
        state.ahead = math.ceil(fps)
        try:
            while True:
                yield await mine.take()
        finally:
            if state.subscription is mine:
                state.subscription = None
                self._tell(avatar_pb2.StreamAvatarRequest(unsubscribe=avatar_pb2.AvatarUnsubscribe(slot=slot)))

    def problem(self, slot: int) -> str:
        """Why a subscription delivers no frames, as a sentence; "" while they come or the picture is unchanged."""
        state = self._slots.get(slot)
        return state.subscription.problem if state is not None and state.subscription is not None else ""

    def close_slot(self, slot: int) -> None:
        """Free a slot and end its subscription."""
        state = self._slots.pop(slot, None)
        if state is not None and state.subscription is not None:
            state.subscription.put(CallFailed(f"slot {slot} was closed", reason="cancelled"))
        self._tell(avatar_pb2.StreamAvatarRequest(close_slot=avatar_pb2.AvatarCloseSlot(slot=slot)))

    async def schema(self) -> dict[str, tuple[str, ...]]:
        """The attributes of a look and their choices, empty for a colour; "expression" lists the expressions."""
        answer = await self._schema(avatar_pb2.GetAvatarSchemaRequest(), timeout=self._connection.timeout)
        attributes = {attribute.name: tuple(attribute.choices) for attribute in answer.attributes}
        return {**attributes, "expression": tuple(answer.expressions)}

    # -- stream events -------------------------------------------------------------------------------------------------

    def hello(self, session_id: str) -> avatar_pb2.StreamAvatarRequest:
        """The stream's first message."""
        self._payloads = Payloads(self._connection.shared)
        opening = avatar_pb2.AvatarOpen(session_id=session_id, shared_memory_attached=self._payloads.attached)
        return avatar_pb2.StreamAvatarRequest(open=opening)

    def opened(self, message: Received) -> None:
        """Restore what the server no longer has: looks of lost slots, and subscriptions."""
        kept = set(message.body.slots)
        for slot, state in self._slots.items():
            if state.look is not None and slot not in kept:
                look = avatar_pb2.AvatarSetLook(slot=slot, look=state.look.look)
                self._tell(avatar_pb2.StreamAvatarRequest(look=look))
            if state.subscription is not None:  # always sent again: it just replaces a resumed one
                budget = state.subscription.message.budget
                self._allow(budget, budget.budget_micros / MICROS)
                self._tell(avatar_pb2.StreamAvatarRequest(subscribe=state.subscription.message))

    def hear(self, message: Received) -> None:
        """Dispatch a frame or a status."""
        match message.kind:
            case "frame":
                self._hear_chunk(message.body, message.payload)
            case "status":
                self._hear_status(message.body, time.perf_counter())

    def lost(self, error: BridgeError) -> None:
        """End all pending requests: the stream is lost."""
        self._pending.drop(str(error))
        for state in self._slots.values():
            state.newest = state.late = 0
        self._payloads.close()

    def _hear_chunk(self, chunk: avatar_pb2.TextureFrame, part: bytes | memoryview) -> None:
        state = self._slots.get(chunk.slot)
        payload = None if state is None else self._payloads.take(chunk, part)
        if state is not None and payload is not None:
            self._hear_whole(state, chunk, payload)

    def _hear_whole(self, state: _Slot, chunk: avatar_pb2.TextureFrame, payload: Payload) -> None:
        """A frame is complete."""
        now = time.perf_counter()
        asked = self._pending.take(Key(chunk.slot, chunk.frame_index))
        older, state.newest = chunk.frame_index <= state.newest, max(state.newest, chunk.frame_index)
        if asked is not None:
            self._measure(chunk, now - asked.sent)
            punctual = on_time(asked, now)
            state.late += not punctual
            if state.fault is not None:
                fault, state.fault = state.fault, None
                self._pending.fail(asked, fault)
            elif isinstance(payload, Missing):
                self._pending.answer(asked, gone(asked, now, payload.value))
            elif punctual and not older:
                self._pending.answer(asked, frame_of(chunk, payload, now - asked.sent, asked.budget))
            else:
                self._pending.answer(asked, late(asked, now))
            return
        if state.subscription is not None:
            if isinstance(payload, Missing):
                state.late += 1  # its payload was overwritten: the server must not count it as shown
            else:
                self._hear_tick(state, state.subscription, chunk, payload, now)
            self._keep_measuring(now)
        if not older:  # also after a loop has been left: until then the server draws no other frame of the slot
            self._acknowledge(chunk, state.late)

    def _measure(self, chunk: avatar_pb2.TextureFrame, round_trip: float) -> None:
        """Measure the link by a requested frame."""
        server = chunk.timing.server_micros / MICROS
        if not chunk.HasField("shared"):
            rate, size = self._payloads.rate, chunk.total_bytes
            if chunk.chunk_offset == 0:
                rate.hear_whole(size, round_trip - server - self._connection.link)
            round_trip -= rate.seconds(size)
        self._link.measure(round_trip, server)

    def _hear_tick(
        self, state: _Slot, subscription: Subscription, chunk: avatar_pb2.TextureFrame, payload: bytes, now: float
    ) -> None:
        elapsed = subscription.elapsed(chunk, now, self._link.least)
        frame = frame_of(chunk, payload, elapsed, subscription.message.budget.budget_micros / MICROS)
        state.late += not frame.on_time
        if frame.on_time or subscription.keep_late or not subscription.has_shown:
            subscription.offer(frame)
        else:
            subscription.problem = self._late_because(frame)

    def _late_because(self, frame: Frame) -> str:
        link = self._link.seconds
        if link >= _TELLING_SHARE * frame.budget:
            return f"the link takes {link * 1e3:.0f} of {frame.budget * 1e3:.0f} ms; allow a larger budget"
        return f"frames come {frame.late_by * 1e3:.0f} ms after their budget of {frame.budget * 1e3:.0f} ms"

    def _keep_measuring(self, now: float) -> None:
        """Ping now and then: a subscription sends no requests whose round trips would measure the link."""
        if now - self._measured_at > _MEASURE_EVERY and (self._measuring is None or self._measuring.done()):
            self._measured_at = now
            self._measuring = asyncio.create_task(self._measure_link(), name="framebridge-link")

    async def _measure_link(self) -> None:
        with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):  # the stream handles a loss itself
            self._link.measure(await self._connection.ping(), 0.0)

    def _hear_status(self, status: avatar_pb2.AvatarStatus, now: float) -> None:
        if status.outcome.disposition == error_pb2.DISPOSITION_REFUSED:
            self._payloads.rate.relax()
        key = Key(status.slot, status.frame_index)
        asked = self._pending.take(key)
        if asked is not None:
            if status.outcome.timing.server_micros:
                self._link.measure(now - asked.sent, status.outcome.timing.server_micros / MICROS)
            answer = unanswered(status.outcome, slot=key.slot, frame_index=key.frame_index, elapsed=now - asked.sent)
            if isinstance(answer, CallFailed):
                self._pending.fail(asked, answer)
            else:
                self._pending.answer(asked, answer)
        elif status.outcome.disposition == error_pb2.DISPOSITION_INVALID:
            self._fail_slot(status.slot, call_failed(status.outcome.error))
        else:
            self._note_problem(status)

    def _note_problem(self, status: avatar_pb2.AvatarStatus) -> None:
        """Remember why a tick got no frame."""
        state = self._slots.get(status.slot)
        if state is None or state.subscription is None:
            return
        if status.outcome.disposition == error_pb2.DISPOSITION_UNCHANGED:
            state.subscription.problem = ""
        elif status.outcome.disposition != error_pb2.DISPOSITION_SUPERSEDED:
            state.subscription.problem = status.outcome.error.message

    def _fail_slot(self, slot: int, fault: CallFailed) -> None:
        """Raise a fault of a slot, not of a frame, from its subscription or its next frame."""
        state = self._slot(slot)
        if state.subscription is not None:
            state.subscription.put(fault)
        else:
            state.fault = fault

    def _acknowledge(self, chunk: avatar_pb2.TextureFrame, late_count: int) -> None:
        acknowledge = avatar_pb2.AvatarAcknowledge(
            slot=chunk.slot,
            last_received_index=chunk.frame_index,
            late_frame_count=late_count,
            link_micros=self._link.micros,
            link_bytes_per_second=self._payloads.rate.bytes_per_second,
        )
        self._tell(avatar_pb2.StreamAvatarRequest(acknowledge=acknowledge))

    def _allow(self, budget: timing_pb2.Budget, seconds: float) -> None:
        """Fill in a budget, with what is measured of the link."""
        budget.budget_micros = round(seconds * MICROS)
        budget.link_micros = self._link.micros
        budget.link_bytes_per_second = self._payloads.rate.bytes_per_second

    def _slot(self, slot: int) -> _Slot:
        return self._slots.setdefault(slot, _Slot())

    def _tell(self, message: avatar_pb2.StreamAvatarRequest) -> None:
        """Send without waiting for an answer; ignored once the stream has ended."""
        try:
            self._stream.send(message)
        except BridgeError:
            return
