"""Recognition: camera pictures go up, names and boxes come down."""

from functools import partial

from bridge.errors import BridgeError, ContractBroken, InvalidRequest, TooLarge
from bridge.services.backend import Backend
from bridge.services.bounds import check_enum, check_finite, check_rising, check_slot, within, worth_of
from bridge.services.camera import Camera, Task
from bridge.services.capabilities import KINDS, MOST_RESULTS
from bridge.services.decode_queue import Ticket
from bridge.services.late_counts import LateCounts
from bridge.services.pictures import Picture, picture_of
from bridge.services.request import clock
from bridge.services.sight import Sight
from bridge.services.status import rejection
from bridge.services.stream import Stream, serve_stream
from bridge.services.wire import Context
from bridge.v1 import error_pb2, recognition_pb2

_DECODES_APART = 1  # the minor of the contract that has decoding as a stage
_Kind = recognition_pb2.RecognitionKind


class RecognitionService:
    """Classes and objects in pictures."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def Recognize(self, context: Context) -> None:  # noqa: N802
        await serve_stream(context, self._backend, "camera", RecognitionExchange)


class RecognitionExchange:
    """What a recognition stream's messages mean."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._backend: Backend = stream.backend
        self._cameras: dict[int, Camera] = {}
        self._sight = Sight(stream)
        self._late = LateCounts()
        stream.delivery.say(recognition_pb2.RecognizeResponse(opened=recognition_pb2.RecognizeOpened()))

    def hear(self, message: recognition_pb2.RecognizeRequest) -> None:
        arrival = clock()
        match message.WhichOneof("message"):
            case "frame":
                self._hear_frame(message.frame, arrival)
            case "close_slot":
                camera = self._cameras.pop(message.close_slot.slot, None)
                if camera is not None:
                    self._sight.close_camera(camera, message.close_slot.slot)
            case _:
                raise ContractBroken("the message is empty; send one of frame, close_slot")

    def finish(self) -> None:
        """What was asked is still answered."""

    def close(self) -> None:
        self._sight.close(self._cameras.values())

    def _hear_frame(self, frame: recognition_pb2.CameraFrame, arrival: float) -> None:
        try:
            tasks = self._tasks(frame, arrival)
        except BridgeError as error:
            pose = frame.pose if len(frame.pose) <= self._backend.limits.pose_bytes else b""
            of = frame.slot, frame.frame_index, _Kind.RECOGNITION_KIND_UNSPECIFIED
            self._stream.delivery.say(_status(*of, pose, rejection(error)))
            return
        camera = self._cameras.setdefault(frame.slot, Camera(Ticket(self._sight.owner)))
        camera.last_index, camera.pictures = frame.frame_index, camera.pictures + 1
        self._hear_late(frame, tasks)
        self._sight.look(camera, tasks)

    def _hear_late(self, frame: recognition_pb2.CameraFrame, tasks: list[Task]) -> None:
        """The counter is one for all tasks of a camera: the kind that has been answered most is taken to be meant."""
        counts, more = self._stream.session.counts, self._late.rise(frame.slot, frame.late_result_count)
        for work in sorted({task.work for task in tasks}, key=lambda work: -counts.own(work).answers):
            more -= counts.late_at_client(work, more)

    def _tasks(self, frame: recognition_pb2.CameraFrame, arrival: float) -> list[Task]:
        """The tasks of a frame, all of them right, or the error that says what is wrong."""
        limits = self._backend.limits
        check_finite(frame)
        check_slot(frame.slot, limits)
        known = self._cameras.get(frame.slot)
        check_rising("frame_index", frame.frame_index, known.last_index if known is not None else 0)
        within("late_result_count", frame.late_result_count, 0, len(KINDS) * frame.frame_index)
        if len(frame.pose) > limits.pose_bytes:
            raise TooLarge(
                f"pose has {len(frame.pose)} bytes; send at most {limits.pose_bytes} (Limits.max_pose_bytes)"
            )
        for task in frame.tasks:
            check_enum("kind", _Kind, task.kind, unspecified=False)
        kinds = [task.kind for task in frame.tasks]
        if not kinds or len(set(kinds)) < len(kinds):
            raise InvalidRequest("tasks are missing or name a kind twice; send one to four, each kind at most once")
        picture = picture_of(frame.image, self._sight.enough(kinds), limits)
        number = known.pictures + 1 if known is not None else 1
        return [self._task(frame, task, picture, arrival, number) for task in frame.tasks]

    def _task(
        self,
        frame: recognition_pb2.CameraFrame,
        wanted: recognition_pb2.RecognitionTask,
        picture: Picture,
        arrival: float,
        number: int,
    ) -> Task:
        within("score_threshold", wanted.score_threshold, 0, 1)
        within("max_results", wanted.max_results, 0, MOST_RESULTS)
        capability = KINDS[wanted.kind]
        worth = worth_of(wanted.budget, capability.default_budget(self._backend.config), self._backend.limits)
        return Task(
            id=f"{self._stream.id}/{frame.slot}.{frame.frame_index}.{capability.work}",
            work=capability.work,
            arrival=arrival,
            worth=worth,
            status=partial(_status, frame.slot, frame.frame_index, wanted.kind, frame.pose),
            decodes_apart=self._stream.session.minor >= _DECODES_APART,
            slot=frame.slot,
            index=frame.frame_index,
            kind=wanted.kind,
            picture=picture,
            pose=frame.pose,
            threshold=wanted.score_threshold,
            limit=wanted.max_results,
            number=number,
        )


def _status(
    slot: int,
    index: int,
    kind: recognition_pb2.RecognitionKind,
    pose: bytes,
    outcome: error_pb2.Outcome,
) -> recognition_pb2.RecognizeResponse:
    status = recognition_pb2.RecognitionStatus(slot=slot, frame_index=index, kind=kind, pose=pose)
    status.outcome.CopyFrom(outcome)
    return recognition_pb2.RecognizeResponse(status=status)
