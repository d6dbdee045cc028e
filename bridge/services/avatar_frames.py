"""The frames of one avatar stream: a request becomes a job, its picture a texture frame."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.errors import BridgeError
from bridge.services import pictures
from bridge.services.avatar_slot import AvatarSlot, Picture
from bridge.services.backend import Backend
from bridge.services.carriage import Carriage
from bridge.services.frame_flow import Frame, FrameFlow
from bridge.services.request import Request, clock
from bridge.services.stream import Stream
from bridge.v1 import avatar_pb2, media_pb2, timing_pb2
from bridge.work import Cause, Ending, Job, Outcome, Rung, Stage

MODEL = WORK = "avatar"
_NOT_ACKNOWLEDGED = (
    "{} frames of the slot are under way without an acknowledgement; send last_received_index with each request, "
    "or AvatarAcknowledge"
)


@dataclass(slots=True, eq=False, kw_only=True)
class FrameRequest(Request):
    """One frame that is owed."""

    avatar: AvatarSlot
    slot: int
    index: int
    format: media_pb2.TextureFormat


class AvatarFrames:
    """All frames of one stream."""

    def __init__(self, stream: Stream, carriage: Carriage) -> None:
        self._stream = stream
        self._carriage = carriage
        self._backend: Backend = stream.backend
        self._delivery = stream.delivery
        self._flows: dict[int, FrameFlow] = {}

    def flow(self, slot: int) -> FrameFlow:
        """The back-pressure of a slot."""
        if slot not in self._flows:
            limit = self._backend.limits.unacknowledged_frames
            self._flows[slot] = FrameFlow(limit, clock, self._submit, self._supersede, self._give_up)
        return self._flows[slot]

    def ask(self, request: FrameRequest) -> None:
        """Owe a frame."""
        self._delivery.owe(request)
        self.flow(request.slot).ask(request)

    def tick(self, request: FrameRequest) -> None:
        """Owe a frame of a subscription; while the client lags behind, it gets none."""
        self._delivery.owe(request)
        if self.flow(request.slot).blocked:
            self._supersede(request)
        else:
            self.flow(request.slot).ask(request)

    def release_all(self) -> None:
        """No acknowledgements will come any more."""
        for flow in self._flows.values():
            flow.acknowledge(flow.newest_sent)

    def close_slot(self, slot: int) -> None:
        """Withdraw what is owed of a slot."""
        flow = self._flows.pop(slot, None)
        if flow is None:
            return
        flow.let_go()
        for request in [owed for owed in self._delivery.owed if isinstance(owed, FrameRequest) and owed.slot == slot]:
            if request.job is not None:
                self._backend.engine.cancel(request.job)
            self._end(request, Ending.CANCELLED, "its slot was closed")

    def close(self) -> None:
        """The stream is over."""
        for flow in self._flows.values():
            flow.let_go()
        for request in self._delivery.drop_all():
            if request.job is not None:
                self._backend.engine.cancel(request.job)

    # -- requests that get no frame ------------------------------------------------------------------------------------

    def _supersede(self, frame: Frame) -> None:
        self._end(frame, Ending.SUPERSEDED)

    def _give_up(self, frame: Frame) -> None:
        sentence = _NOT_ACKNOWLEDGED.format(self._backend.limits.unacknowledged_frames)
        self._end(frame, Ending.REFUSED, sentence, Cause.QUEUE_FULL)

    def _end(self, frame: Frame, ending: Ending, sentence: str = "", cause: Cause = Cause.NONE) -> None:
        assert isinstance(frame, FrameRequest)
        stage = Stage.QUEUE if ending is Ending.REFUSED else None
        job = frame.job or Job(0, self._stream.session.id, WORK, frame.arrival, (Rung(""),))
        self._delivery.unanswered(frame, Outcome(job, ending, clock(), cause=cause, stage=stage), sentence)

    # -- jobs ----------------------------------------------------------------------------------------------------------

    def _submit(self, frame: Frame) -> None:
        assert isinstance(frame, FrameRequest)
        try:
            self._backend.check_open()
            frame.job = self._job(frame)
        except BridgeError as error:
            self._delivery.reject(frame, error)
            self._lost(frame)
            return
        self._backend.engine.submit(frame.job, lambda outcome: self._heard(frame, outcome))

    def _job(self, request: FrameRequest) -> Job:
        from models.avatar.program import AvatarInput  # brings torch, which is there once the model is loaded

        names = self._backend.ladder(MODEL)
        request.version = self._backend.roster.program(MODEL).version
        row = AvatarInput(request.avatar.look(clock()))
        rungs = [Rung(name, name, row) if "." in name else Rung(name) for name in names]
        if request.worth.best_only:
            rungs = rungs[:1]
        elif request.avatar.picture is None:
            rungs = [rung for rung in rungs if rung.lane is not None]
        rungs = self._carriage.lagged(rungs, request.worth, request.format, request.avatar.picture)
        return self._backend.job(
            request, tuple(rungs), self._stream.session.id, supersede_key=(self._stream.id, request.slot)
        )

    def _heard(self, request: FrameRequest, outcome: Outcome) -> None:
        account = outcome.job.account
        self._backend.stats[WORK].ran(account.batch, account.compute)
        if request.answered:
            self._lost(request)
        elif outcome.ending is not Ending.ANSWERED:
            self._delivery.unanswered(request, outcome)
            self._lost(request)
        elif request.without_device:
            assert request.avatar.picture is not None
            self._encode(request, outcome, request.avatar.picture)
        else:
            request.avatar.show(outcome.value, request.index)
            self._encode(request, outcome, outcome.value)

    def _lost(self, request: FrameRequest) -> None:
        flow = self._flows.get(request.slot)
        if flow is not None:
            flow.lost(request.index)

    # -- frames --------------------------------------------------------------------------------------------------------

    def _encode(self, request: FrameRequest, outcome: Outcome, picture: Picture) -> None:
        if request.format == pictures.RAW:
            bottom_up = self._row_order(request.format) == media_pb2.ROW_ORDER_BOTTOM_UP
            self._frame(request, outcome, picture, pictures.raw_bytes(picture, bottom_up=bottom_up))
            return
        began = clock()

        def encoded(encoding: "asyncio.Future[bytes]") -> None:
            request.after = clock() - began
            if encoding.cancelled() or encoding.exception() is not None:
                self._end(request, Ending.FAILED, "the picture could not be encoded; ask for RGBA32", Cause.FAULT)
                self._lost(request)
            else:
                self._frame(request, outcome, picture, encoding.result())

        loop = asyncio.get_running_loop()
        loop.run_in_executor(self._backend.pictures, pictures.FILES[request.format], picture).add_done_callback(encoded)

    def _frame(self, request: FrameRequest, outcome: Outcome, picture: Picture, payload: bytes | memoryview) -> None:
        flow = self._flows.get(request.slot)
        if request.answered or flow is None:
            return
        if flow.newest_sent > request.index:  # a newer request was answered more quickly: this frame would be stale
            self._supersede(request)
            self._lost(request)
            return
        flow.sent(request.index)
        request.carriage = self._carriage.seconds(request.worth, len(payload))
        header = self._header(request, picture)

        def pack(timing: timing_pb2.Timing) -> Sequence[bytes]:
            header.timing.CopyFrom(timing)
            return self._carriage.messages(header, payload)

        self._delivery.answer(request, outcome, pack, key=request.slot, unsent=lambda: self._lost(request))

    def _header(self, request: FrameRequest, picture: Picture) -> avatar_pb2.TextureFrame:
        return avatar_pb2.TextureFrame(
            slot=request.slot,
            frame_index=request.index,
            format=request.format,
            width=picture.shape[1],
            height=picture.shape[0],
            row_order=self._row_order(request.format),
            color_space=media_pb2.COLOR_SPACE_SRGB,
            alpha_mode=media_pb2.ALPHA_MODE_PREMULTIPLIED,
            repeated_frame=request.without_device,
        )

    def _row_order(self, format_: media_pb2.TextureFormat) -> media_pb2.RowOrder:
        if format_ == pictures.RAW:
            return self._stream.session.row_order
        return media_pb2.ROW_ORDER_TOP_DOWN
