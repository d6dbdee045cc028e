"""The frame requests of one avatar stream: each becomes a job, and its texture a frame on the wire."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.capabilities.avatar.looks import Conditions
from bridge.capabilities.avatar.measured_link import MeasuredLink
from bridge.capabilities.avatar.payloads import Payloads
from bridge.capabilities.avatar.rungs import NO_OPTIONS, UNCHANGED, Options, Plan, TextureTarget
from bridge.capabilities.avatar.sent_pictures import Picture, SentPictures
from bridge.capabilities.avatar.slot import AvatarSlot
from bridge.codecs import raw
from bridge.device.encoding import Texture
from bridge.policy.work import Cause, Ending, Outcome, Rung, Stage
from bridge.streams.answering import Answering
from bridge.streams.frame_flow import FrameFlow
from bridge.streams.stream import Stream
from bridge.v1 import avatar_pb2, error_pb2, media_pb2
from bridge.wire.bundles import PAYLOAD_BYTES
from bridge.wire.request import Request, clock
from bridge.wire.texture_formats import WIRE

MODEL = WORK = "avatar"
_NOT_ACKNOWLEDGED = (
    "{} frames of the slot are unacknowledged; send last_received_index with each request, or AvatarAcknowledge"
)


@dataclass(slots=True, eq=False, kw_only=True)
class FrameRequest(Request):
    """A request for one frame."""

    frames: "AvatarFrames"
    avatar: AvatarSlot
    slot: int
    index: int
    format: media_pb2.TextureFormat
    options: Options = NO_OPTIONS
    texture: Texture | None = None  # that it is answered with
    made_at: float = 0.0  # when that was ready
    look: Conditions | None = None  # when the frame was started
    bottom_up: bool = False  # when the frame was started: a client may change it when it reconnects
    link: MeasuredLink | None = None  # of its subscription
    heartbeat: float = 0.0  # of its subscription, in seconds; 0 sends every frame
    same: Picture | None = None  # what the client has already; only a better picture is worth sending

    @property
    def id(self) -> str:
        return f"{self.frames.stream_id}/{self.slot}.{self.index}"

    def status(self, outcome: error_pb2.Outcome) -> avatar_pb2.StreamAvatarResponse:
        return status_of(self.slot, self.index, outcome)

    @property
    def started(self) -> bool:
        job = self.job
        return job is not None and (job.flight is not None or job.lane_index > 0)

    @property
    def repeats(self) -> bool:
        return self.job is not None and self.job.rungs[self.job.rung].lane is None

    def pack(self, now: float) -> Sequence[bytes]:
        """Its frame as messages, for the transport that takes it now."""
        assert self.texture is not None
        assert self.job is not None
        place = self.job.rung
        response, texture, form = self.frames.response, self.texture, self.options.formats[place]
        header = response.frame
        header.slot, header.frame_index = self.slot, self.index
        header.repeated_frame = self.options.rungs[place].lane is None
        header.format, header.width, header.height = form, texture.width, texture.height  # type: ignore[assignment]
        bottom_up = self.bottom_up and not WIRE[form].is_file
        header.row_order = media_pb2.ROW_ORDER_BOTTOM_UP if bottom_up else media_pb2.ROW_ORDER_TOP_DOWN
        self.tell_timing(header.timing, now)
        if self.link is not None:
            self.link.written(self.index, now)
        return self.frames.payloads.messages(response, texture.payload)

    def free(self) -> None:
        self.texture = None

    def unsent(self) -> None:
        """Its frame could not be sent."""
        self.frames.lost(self)


class AvatarFrames(Answering[FrameRequest]):
    """All frame requests of one stream."""

    def __init__(self, stream: Stream, payloads: Payloads) -> None:
        super().__init__(stream)
        self.stream_id = stream.id
        self.payloads = payloads
        frame = avatar_pb2.TextureFrame(
            color_space=media_pb2.COLOR_SPACE_SRGB, alpha_mode=media_pb2.ALPHA_MODE_PREMULTIPLIED
        )
        self.response = avatar_pb2.StreamAvatarResponse(frame=frame)  # written over for every frame
        self._prepare = self._backend.roster.processor(MODEL).prepare
        self._plans: dict[tuple[int, bool], Plan] = {}  # by format and row order
        self._planned_for: tuple[int, Sequence[int]] = (-1, ())  # the roster's revision, and the formats agreed
        self._version = ""
        self._flows: dict[int, FrameFlow[FrameRequest]] = {}
        self._sent_pictures: dict[int, SentPictures] = {}

    def flow(self, slot: int) -> FrameFlow[FrameRequest]:
        """The back-pressure of a slot."""
        flow = self._flows.get(slot)
        if flow is None:
            limit = self._backend.limits.unacknowledged_frames
            flow = FrameFlow(limit, clock, self.submit, self._deliver, self._supersede, self._refuse)
            self._flows[slot] = flow
        return flow

    def ask(self, request: FrameRequest) -> None:
        """Accept a frame request."""
        self._delivery.owe(request)
        flow = self._flows.get(request.slot) or self.flow(request.slot)
        flow.ask(request)

    def begin(self, slot: int) -> None:
        """Start a subscription: its client has no picture yet."""
        self._sent_pictures[slot] = SentPictures()

    def acknowledge(self, slot: int, index: int, *, dropped: bool) -> None:
        """The client has received all frames up to `index`."""
        if slot in self._sent_pictures:
            self._sent_pictures[slot].acknowledge(index, dropped=dropped)
        flow = self._flows.get(slot)
        if flow is not None:
            flow.acknowledge(index)

    def skip(self, requests: Sequence[FrameRequest]) -> None:
        """End the requests of missed ticks as superseded."""
        if requests:
            self._delivery.skip(requests)

    def tick(self, request: FrameRequest) -> None:
        """Accept a frame of a subscription; superseded at once if too many are unacknowledged."""
        self._delivery.owe(request)
        request.best_effort = self.flow(request.slot).newest_sent == 0
        if request.heartbeat and self._is_unchanged(request):
            self.end(request, Ending.UNCHANGED)
        elif self.flow(request.slot).blocked:
            self._supersede(request)
        else:
            self.flow(request.slot).ask(request)

    def _is_unchanged(self, request: FrameRequest) -> bool:
        """Whether the client already has the picture of a tick, and no heartbeat is due."""
        now, avatar, sent = clock(), request.avatar, self._sent_pictures[request.slot]
        if avatar.is_changing(now):
            return False
        picture = sent.same(avatar.look(now), request.format)
        if picture is None or request.arrival - picture.at >= request.heartbeat:
            return False
        if sent.is_settled(picture, now):
            return True
        request.same = picture
        return False

    def release_all(self) -> None:
        """Acknowledge all frames: the client sends nothing more."""
        for flow in self._flows.values():
            flow.acknowledge(flow.newest_sent)

    def close_slot(self, slot: int) -> None:
        """Cancel the outstanding requests of a slot."""
        self._sent_pictures.pop(slot, None)
        flow = self._flows.pop(slot, None)
        if flow is None:
            return
        flow.drop_held()
        owed = [
            request for request in self._delivery.owed if isinstance(request, FrameRequest) and request.slot == slot
        ]
        self.withdraw(owed, "its slot was closed")

    def close(self) -> None:
        for flow in self._flows.values():
            flow.drop_held()
        super().close()

    # -- requests that get no frame ------------------------------------------------------------------------------------

    def _supersede(self, frame: FrameRequest) -> None:
        self.end(frame, Ending.SUPERSEDED)

    def _refuse(self, frame: FrameRequest) -> None:
        sentence = _NOT_ACKNOWLEDGED.format(self._backend.limits.unacknowledged_frames)
        # the earlier frames are still in transport
        self.end(frame, Ending.REFUSED, sentence, Cause.QUEUE_FULL, Stage.TRANSPORT)

    def end(
        self,
        request: FrameRequest,
        ending: Ending,
        sentence: str = "",
        cause: Cause = Cause.NONE,
        stage: Stage | None = None,
    ) -> None:
        if request.slot in self._sent_pictures:
            self._sent_pictures[request.slot].lost(request.index)
        super().end(request, ending, sentence, cause, stage)

    def lost(self, request: FrameRequest) -> None:
        if request.slot in self._sent_pictures:
            self._sent_pictures[request.slot].lost(request.index)
        flow = self._flows.get(request.slot)
        if flow is not None:
            flow.lost(request.index)

    # -- jobs ----------------------------------------------------------------------------------------------------------

    def key(self, request: FrameRequest) -> Hashable:
        return self.stream_id, request.slot

    def rungs(self, request: FrameRequest) -> tuple[Rung, ...]:
        session, avatar = self._session, request.avatar
        request.bottom_up = session.row_order == media_pb2.ROW_ORDER_BOTTOM_UP
        is_planned = self._planned_for[0] == self._backend.roster.revision and self._planned_for[1] is session.formats
        plan = self._plans.get((request.format, request.bottom_up)) if is_planned else None
        if plan is None:
            plan = self._plan(request.format, request.bottom_up)
        request.version = self._version
        request.look = request.subject = avatar.look(clock())
        options = plan.options(avatar.kept_format(request.bottom_up), best_only=request.terms.best_only)
        if request.same is not None:
            options = options.better_than(request.same.rung)
        request.options = options
        if request.slot in self._sent_pictures:
            self._sent_pictures[request.slot].generating(request.index, request.look)
        return options.on_link(request.terms) if request.terms.rate else options.rungs

    def _plan(self, form: int, bottom_up: bool) -> Plan:
        """The ways to answer requests for a format. ModelNotReady while the model is not."""
        roster, agreed = self._backend.roster, self._session.formats
        if self._planned_for[0] != roster.revision or self._planned_for[1] is not agreed:
            self._version = roster.program(MODEL).version
            self._plans, self._planned_for = {}, (roster.revision, agreed)
        target = TextureTarget(form, tuple(agreed), bottom_up, self._backend.device_type)
        plan = self._plans[form, bottom_up] = Plan(roster.ladder(MODEL), target, self._prepare)
        return plan

    def take(self, request: FrameRequest, outcome: Outcome) -> None:
        avatar, rung = request.avatar, outcome.job.rungs[outcome.job.rung]
        if rung is UNCHANGED:
            self.end(request, Ending.UNCHANGED)
            self.lost(request)
            return
        if rung.lane is None:
            request.texture = avatar.texture
        else:
            form, value = request.options.formats[outcome.job.rung], outcome.value
            request.texture = value if isinstance(value, Texture) else _raw(value, bottom_up=request.bottom_up)
            assert request.look is not None
            avatar.show(request.texture, form, request.bottom_up, request.look, request.index)
        flow = self._flows.get(request.slot)
        if flow is None:
            return
        if flow.newest_sent > request.index and self.is_stale(request, request.index, flow.newest_sent):
            return
        request.best_effort = request.best_effort and flow.newest_sent == 0  # another frame may have been first
        request.made_at = outcome.at
        flow.send(request)

    def _deliver(self, frame: FrameRequest) -> None:
        assert frame.texture is not None
        if frame.slot in self._sent_pictures:
            self._sent_pictures[frame.slot].sent(_picture(frame))
        size = len(frame.texture.payload)
        alone = size > PAYLOAD_BYTES and not self.payloads.is_shared
        self._delivery.answer(frame, frame.made_at, frame.pack, frame.slot, frame.unsent, size, alone=alone)


def _raw(picture: Any, *, bottom_up: bool) -> Texture:
    """A picture without an encoder lane as a texture."""
    height, width = picture.shape[:2]
    return Texture(raw.view(picture, bottom_up=bottom_up), width, height)


def _picture(request: FrameRequest) -> Picture:
    """What a frame shows. A repeated one keeps its original look; any other rung is better."""
    look = request.avatar.textured_look if request.repeats else request.look
    assert look is not None
    return Picture(request.index, look, request.format, request.taken.place, request.repeats, request.arrival)


def status_of(slot: int, index: int, outcome: error_pb2.Outcome) -> avatar_pb2.StreamAvatarResponse:
    """The message for a frame that is not sent, or for a message that is invalid."""
    status = avatar_pb2.AvatarStatus(slot=slot, frame_index=index)
    status.outcome.CopyFrom(outcome)
    return avatar_pb2.StreamAvatarResponse(status=status)
