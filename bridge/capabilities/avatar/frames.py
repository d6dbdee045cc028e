"""The frame requests of one avatar stream: each becomes a job, and its texture a frame on the wire."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bridge.capabilities.avatar.looks import Conditions
from bridge.capabilities.avatar.measured_link import MeasuredLink
from bridge.capabilities.avatar.payloads import Payloads
from bridge.capabilities.avatar.rungs import Option, TextureTarget, options
from bridge.capabilities.avatar.sent_pictures import Picture, SentPictures
from bridge.capabilities.avatar.slot import AvatarSlot
from bridge.codecs import raw
from bridge.device.encoding import Texture
from bridge.policy.work import Cause, Ending, Outcome, Rung, Stage
from bridge.streams.answering import Answering
from bridge.streams.frame_flow import Frame, FrameFlow
from bridge.streams.stream import Stream
from bridge.v1 import avatar_pb2, media_pb2, timing_pb2
from bridge.wire.request import Request, clock
from bridge.wire.texture_formats import WIRE

MODEL = WORK = "avatar"
_UNCHANGED = Option(Rung("unchanged"), 0)  # the client keeps the picture it has
_NOT_ACKNOWLEDGED = (
    "{} frames of the slot are unacknowledged; send last_received_index with each request, or AvatarAcknowledge"
)


@dataclass(slots=True, eq=False, kw_only=True)
class FrameRequest(Request):
    """A request for one frame."""

    avatar: AvatarSlot
    slot: int
    index: int
    format: media_pb2.TextureFormat
    options: Sequence[Option] = ()
    look: Conditions | None = None  # when the frame was started
    bottom_up: bool = False  # when the frame was started: a client may change it when it reconnects
    link: MeasuredLink | None = None  # of its subscription
    heartbeat: float = 0.0  # of its subscription, in seconds; 0 sends every frame
    same: Picture | None = None  # what the client has already; only a better picture is worth sending

    @property
    def started(self) -> bool:
        job = self.job
        return job is not None and (job.flight is not None or job.lane_index > 0)

    @property
    def repeats(self) -> bool:
        return self.without_device

    @property
    def stays_unchanged(self) -> bool:
        """Whether no better picture than the client's is available."""
        return self.without_device and self.options[self.rung_index] is _UNCHANGED


class AvatarFrames(Answering[FrameRequest]):
    """All frame requests of one stream."""

    def __init__(self, stream: Stream, payloads: Payloads) -> None:
        super().__init__(stream)
        self._payloads = payloads
        self._prepare = self._backend.roster.processor(MODEL).prepare
        self._flows: dict[int, FrameFlow] = {}
        self._sent_pictures: dict[int, SentPictures] = {}

    def flow(self, slot: int) -> FrameFlow:
        """The back-pressure of a slot."""
        if slot not in self._flows:
            limit = self._backend.limits.unacknowledged_frames
            self._flows[slot] = FrameFlow(limit, clock, self._submit, self._supersede, self._refuse)
        return self._flows[slot]

    def ask(self, request: FrameRequest) -> None:
        """Accept a frame request."""
        self._delivery.owe(request)
        self.flow(request.slot).ask(request)

    def begin(self, slot: int) -> None:
        """Start a subscription: its client has no picture yet."""
        self._sent_pictures[slot] = SentPictures()

    def acknowledge(self, slot: int, index: int, *, dropped: bool) -> None:
        """The client has received all frames up to `index`."""
        if slot in self._sent_pictures:
            self._sent_pictures[slot].acknowledge(index, dropped=dropped)
        self.flow(slot).acknowledge(index)

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

    def _supersede(self, frame: Frame) -> None:
        assert isinstance(frame, FrameRequest)
        self.end(frame, Ending.SUPERSEDED)

    def _refuse(self, frame: Frame) -> None:
        assert isinstance(frame, FrameRequest)
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

    def _submit(self, frame: Frame) -> None:
        assert isinstance(frame, FrameRequest)
        self.submit(frame)

    def key(self, request: FrameRequest) -> Hashable:
        return self._stream.id, request.slot

    def rungs(self, request: FrameRequest) -> tuple[Rung, ...]:
        program = self._backend.roster.program(MODEL)
        request.version = program.version
        request.bottom_up = self._session.row_order == media_pb2.ROW_ORDER_BOTTOM_UP
        target = TextureTarget(
            request.format, tuple(self._session.formats), request.bottom_up, self._backend.device_type
        )
        kept = request.avatar.kept_format(request.bottom_up)
        request.look = request.avatar.look(clock())
        prepare = partial(self._prepare, request.look)
        request.options = options(self._backend.roster.ladder(MODEL), prepare, target, request.terms, kept)
        if request.same is not None:
            better = [option for option in request.options[: request.same.rung] if option.rung.lane is not None]
            request.options = [*better, _UNCHANGED]
        if request.slot in self._sent_pictures:
            self._sent_pictures[request.slot].generating(request.index, request.look)
        return tuple([option.rung for option in request.options])

    def take(self, request: FrameRequest, outcome: Outcome) -> None:
        if request.stays_unchanged:
            self.end(request, Ending.UNCHANGED)
            self.lost(request)
        elif request.without_device:
            assert request.avatar.texture is not None
            self._frame(request, outcome.at, request.avatar.texture)
        else:
            texture = self._texture(request, outcome.value)
            form = request.options[outcome.job.rung].format
            assert request.look is not None
            request.avatar.show(texture, form, request.bottom_up, request.look, request.index)
            self._frame(request, outcome.at, texture)

    def _texture(self, request: FrameRequest, value: Any) -> Texture:
        """The model's output as a texture; a picture without an encoder lane is sent raw."""
        if isinstance(value, Texture):
            return value
        height, width = value.shape[:2]
        return Texture(raw.view(value, bottom_up=request.bottom_up), width, height)

    # -- frames --------------------------------------------------------------------------------------------------------

    def _frame(self, request: FrameRequest, at: float, texture: Texture) -> None:
        flow = self._flows.get(request.slot)
        if request.answered or flow is None:
            return
        if self.is_stale(request, request.index, flow.newest_sent):
            return
        request.best_effort &= flow.newest_sent == 0  # another frame may have been first
        picture, header = self._picture(request), self._header(request, texture)

        def pack(timing: timing_pb2.Timing) -> Sequence[bytes]:
            header.timing.CopyFrom(timing)
            if request.link is not None:
                request.link.written(request.index, clock())
            return self._payloads.messages(header, texture.payload)

        def deliver() -> None:
            if request.slot in self._sent_pictures:
                self._sent_pictures[request.slot].sent(picture)
            unsent, size = partial(self.lost, request), len(texture.payload)
            self._delivery.answer(request, at, pack, key=request.slot, unsent=unsent, size=size)

        flow.send(request, deliver)

    def _picture(self, request: FrameRequest) -> Picture:
        """What a frame shows. A repeated one keeps its original look; any other rung is better."""
        look = request.avatar.textured_look if request.repeats else request.look
        assert look is not None
        return Picture(request.index, look, request.format, request.rung_index, request.repeats, request.arrival)

    def _header(self, request: FrameRequest, texture: Texture) -> avatar_pb2.TextureFrame:
        form: Any = request.options[request.rung_index].format
        flipped = request.bottom_up and not WIRE[form].is_file
        return avatar_pb2.TextureFrame(
            slot=request.slot,
            frame_index=request.index,
            format=form,
            width=texture.width,
            height=texture.height,
            row_order=media_pb2.ROW_ORDER_BOTTOM_UP if flipped else media_pb2.ROW_ORDER_TOP_DOWN,
            color_space=media_pb2.COLOR_SPACE_SRGB,
            alpha_mode=media_pb2.ALPHA_MODE_PREMULTIPLIED,
            repeated_frame=request.without_device,
        )
