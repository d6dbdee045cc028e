"""The avatar service: handles the messages of avatar streams, and runs their subscriptions."""

from collections.abc import Sequence
from typing import Any, NoReturn

from bridge.capabilities.avatar.frames import MODEL, WORK, AvatarFrames, FrameRequest, status_of
from bridge.capabilities.avatar.looks import conditions_of, schema
from bridge.capabilities.avatar.measured_link import MeasuredLink
from bridge.capabilities.avatar.payloads import Payloads
from bridge.capabilities.avatar.slot import AvatarSlot, Slots
from bridge.errors import BridgeError, InvalidRequest, OutOfRange
from bridge.streams.backend import Backend
from bridge.streams.late_counts import LateCounts
from bridge.streams.servicer import Servicer
from bridge.streams.stream import Stream, misplaced, serve_stream
from bridge.streams.ticker import Ticker
from bridge.v1 import avatar_pb2, bridge_pb2, media_pb2
from bridge.wire.bounds import (
    MICROS,
    MOST_COUNTED,
    Terms,
    check_enum,
    check_finite,
    check_rising,
    check_slot,
    terms_of,
    within,
)
from bridge.wire.bundles import Joiner
from bridge.wire.handlers import Context
from bridge.wire.request import clock
from bridge.wire.status import rejection
from bridge.wire.texture_formats import offered

_LEAST_RATE, _MOST_RATE = 1.0, 120.0
_LONGEST_HEARTBEAT = 1_000_000  # microseconds
_MISPLACED = ("open", "bundle")
_JOINER = Joiner(avatar_pb2.StreamAvatarResponse)


class AvatarService(Servicer):
    """Texture frames of generated avatars."""

    def report(self, stats: bridge_pb2.GetStatsResponse) -> None:
        stats.avatar_slot_count = sum(len(session.keep(Slots)) for session in self._backend.sessions)

    async def GetAvatarSchema(  # noqa: N802
        self, _: avatar_pb2.GetAvatarSchemaRequest
    ) -> avatar_pb2.GetAvatarSchemaResponse:
        return schema(self._backend.roster.processor(MODEL))

    async def StreamAvatar(self, context: Context) -> None:  # noqa: N802
        await serve_stream(context, self._backend, "avatar", AvatarExchange, _JOINER)


class AvatarExchange:
    """Handles the messages of one avatar stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._backend: Backend = stream.backend
        self._session = stream.session
        self._slots = stream.session.keep(Slots)
        shared = self._session.shared if stream.opening.shared_memory_attached else None
        self._payloads = Payloads(shared, self._backend.limits.chunk_bytes)
        self._frames = AvatarFrames(stream, self._payloads)
        self._processor = self._backend.roster.processor(MODEL)
        self._late = LateCounts()
        self._tickers: dict[int, Ticker] = {}
        self._links: dict[int, MeasuredLink] = {}  # by slot, as `_tickers`
        opened = avatar_pb2.AvatarOpened(slots=sorted(self._slots))
        stream.delivery.send(avatar_pb2.StreamAvatarResponse(opened=opened))
        self._resume()

    def hear(self, message: avatar_pb2.StreamAvatarRequest, arrival: float) -> None:
        kind = message.WhichOneof("message")
        if kind is None or kind in _MISPLACED:
            raise misplaced(kind, "look, frame, subscribe, unsubscribe, acknowledge, close_slot")
        body = getattr(message, kind)
        try:
            if kind == "frame":
                self._ask(body, arrival)
            else:
                check_finite(body)
                check_slot(body.slot, self._backend.limits)
                self._take(kind, body, arrival)
        except BridgeError as error:
            index = body.frame_index if kind == "frame" else 0
            self._stream.delivery.send(status_of(body.slot, index, rejection(error)))

    def refuse(self, error: BridgeError) -> None:
        self._stream.delivery.send(status_of(0, 0, rejection(error)))

    def _take(self, kind: str, body: Any, arrival: float) -> None:
        match kind:
            case "look":
                self._set_look(body, arrival)
            case "subscribe":
                self._subscribe(body)
            case "unsubscribe":
                self._unsubscribe(body.slot)
            case "acknowledge":
                self._hear_acknowledgement(body)
            case "close_slot":
                self._unsubscribe(body.slot)
                self._frames.close_slot(body.slot)
                self._payloads.release(body.slot)
                self._slots.pop(body.slot, None)

    def finish(self) -> None:
        """Stop subscriptions and release held frames: no more acknowledgements will come.

        A lost connection may look the same, so the session keeps its subscriptions for a client that resumes it.
        """
        self._stop_ticking()
        self._frames.release_all()

    def close(self) -> None:
        self._stop_ticking()
        self._frames.close()
        self._payloads.close()

    def _stop_ticking(self) -> None:
        for number, ticker in self._tickers.items():
            ticker.cancel()
            slot = self._slots.get(number)
            if slot is not None:
                slot.live = False
        self._tickers.clear()

    # -- looks ---------------------------------------------------------------------------------------------------------

    def _set_look(self, message: avatar_pb2.AvatarSetLook, now: float) -> None:
        within("morph_micros", message.morph_micros, 0, self._backend.limits.budget_seconds * MICROS)
        look = conditions_of(message.look, self._processor)
        slot = self._slots.get(message.slot)
        if slot is None:
            self._slots[message.slot] = AvatarSlot(look, look, self._processor.blend)
        else:
            slot.change(look, now, message.morph_micros / MICROS)

    def _slot(self, number: int) -> AvatarSlot:
        slot = self._slots.get(number)
        if slot is None:
            check_slot(number, self._backend.limits)
            raise InvalidRequest(f"slot {number} has no look; send AvatarSetLook for it first")
        return slot

    # -- frames --------------------------------------------------------------------------------------------------------

    def _ask(self, message: avatar_pb2.AvatarFrameRequest, arrival: float) -> None:
        slot, index = self._slots.get(message.slot) or self._slot(message.slot), message.frame_index
        if not slot.last_index < index <= MOST_COUNTED:
            check_rising("frame_index", index, slot.last_index)
        terms, format_ = self._asked(message)
        self._acknowledge(message, message.last_received_index, index - 1)
        slot.last_index = index
        self._frames.ask(self._request(slot, message, arrival, terms, format_))

    def _asked(self, message: Any) -> tuple[Terms, media_pb2.TextureFormat]:
        """The terms and the format of a frame."""
        terms = terms_of(message.budget, self._backend.budgets[WORK], self._backend.limits)
        if terms.rate:
            terms = self._payloads.terms(terms)
        form, agreed = message.format, self._session.formats
        if not agreed or (form and form not in agreed):
            _refuse_format(form, agreed)
        return terms, form or agreed[0]

    def _acknowledge(self, message: Any, index: int, newest: int) -> None:
        if not 0 <= index <= newest:
            raise OutOfRange(f"last_received_index is {index}; send 0 to {newest}, the newest frame requested before")
        slot, late = message.slot, message.late_frame_count
        if late:
            within("late_frame_count", late, 0, newest)
            late = self._session.counts.late_at_client(WORK, self._late.increase(slot, late))
        if self._payloads.is_shared:
            self._payloads.acknowledge(slot, index)
        if slot in self._links:
            self._links[slot].acknowledged(index, clock())
        self._frames.acknowledge(slot, index, dropped=late > 0)

    def _hear_acknowledgement(self, message: avatar_pb2.AvatarAcknowledge) -> None:
        slot = self._slot(message.slot)
        link, rate = message.link_micros, message.link_bytes_per_second
        within("link_micros", link, 0, self._backend.limits.budget_seconds * MICROS)
        if rate < 0:
            raise OutOfRange(f"link_bytes_per_second is {rate}; send 0 (unchanged) or more")
        self._update_link(slot, message.slot, link, rate)
        self._acknowledge(message, message.last_received_index, slot.last_index)

    def _update_link(self, slot: AvatarSlot, number: int, link: int, rate: int) -> None:
        """Update the link of a subscription, also for whoever resumes it."""
        if slot.subscription is None or number not in self._links or not (link or rate):
            return
        budget = slot.subscription.budget
        budget.link_micros, budget.link_bytes_per_second = (
            link or budget.link_micros,
            rate or budget.link_bytes_per_second,
        )
        self._links[number].update(link / MICROS, 0.0 if self._payloads.is_shared else float(rate))

    def _request(
        self,
        slot: AvatarSlot,
        message: Any,
        arrival: float,
        terms: Terms,
        format_: media_pb2.TextureFormat,
        back: int = 0,
    ) -> FrameRequest:
        """A request for the newest frame of a slot, or the one `back` frames before it."""
        return FrameRequest(
            work=WORK,
            arrival=arrival,
            terms=terms,
            frames=self._frames,
            avatar=slot,
            slot=message.slot,
            index=slot.last_index - back,
            format=format_,
        )

    # -- subscriptions -------------------------------------------------------------------------------------------------

    def _subscribe(self, message: avatar_pb2.AvatarSubscribe) -> None:
        slot = self._slot(message.slot)
        within("frames_per_second", message.frames_per_second, _LEAST_RATE, _MOST_RATE)
        within("heartbeat_micros", message.heartbeat_micros, 0, _LONGEST_HEARTBEAT)
        terms, format_ = self._asked(message)
        self._unsubscribe(message.slot)
        slot.subscription, slot.live, slot.subscribed_at = message, True, self._session.resumptions
        slot.stop_sending = lambda: self._stop_sending(message.slot)
        self._frames.begin(message.slot)
        link = self._links[message.slot] = MeasuredLink(terms)
        rate = message.frames_per_second
        heartbeat = max(0.0, message.heartbeat_micros / MICROS - 0.5 / rate)  # rounded to the nearest tick

        def tick(passed: int, meant: float) -> None:
            """Count at most a second's worth of missed ticks: otherwise indices would run ahead."""
            passed = min(passed, 1 + int(rate))
            slot.last_index += passed
            missed = [
                self._request(slot, message, meant - back / rate, link.terms, format_, back)
                for back in range(passed - 1, 0, -1)
            ]
            self._frames.skip(missed)
            request = self._request(slot, message, meant, link.terms, format_)
            request.link, request.heartbeat = link, heartbeat
            self._frames.tick(request)

        self._tickers[message.slot] = Ticker(rate, clock, tick)

    def _unsubscribe(self, number: int) -> None:
        self._links.pop(number, None)
        ticker = self._tickers.pop(number, None)
        if ticker is not None:
            ticker.cancel()
        slot = self._slots.get(number)
        if slot is not None and (ticker is not None or not slot.live):
            slot.subscription, slot.live = None, False

    def _stop_sending(self, number: int) -> None:
        """Stop sending a slot's subscription: another stream continues it."""
        self._links.pop(number, None)
        ticker = self._tickers.pop(number, None)
        if ticker is not None:
            ticker.cancel()

    def _resume(self) -> None:
        """Resume the subscriptions that the session kept when its client was lost."""
        for number, slot in self._slots.items():
            kept = slot.subscription
            older = slot.subscribed_at < self._session.resumptions
            if kept is None or (slot.live and not older):
                continue
            if slot.live and slot.stop_sending is not None:
                slot.stop_sending()  # that stream has not noticed that its client is gone
            slot.subscription = None
            if older:
                self._restore(number, kept)

    def _restore(self, number: int, kept: avatar_pb2.AvatarSubscribe) -> None:
        """Resume one subscription, in the best format agreed now. If that fails, only this one ends, with a status."""
        if kept.format not in self._session.formats:
            kept.format = media_pb2.TEXTURE_FORMAT_UNSPECIFIED
        try:
            self._subscribe(kept)
        except BridgeError as error:
            self._stream.delivery.send(status_of(number, 0, rejection(error)))


def _refuse_format(form: media_pb2.TextureFormat, agreed: Sequence[int]) -> NoReturn:
    check_enum("format", media_pb2.TextureFormat, form)
    if not agreed:
        raise OutOfRange(f"no texture format was agreed; list one of {_offered()} in the handshake")
    raise OutOfRange(f"{media_pb2.TextureFormat.Name(form)} was not agreed; list it in the handshake's texture_formats")


def _offered() -> str:
    names = (media_pb2.TextureFormat.Name(number) for number in offered())
    return ", ".join(name.removeprefix("TEXTURE_FORMAT_") for name in names)
