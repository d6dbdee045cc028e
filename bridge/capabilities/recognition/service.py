"""The recognition service: validates the messages of recognition streams, and turns pictures into tasks."""

from bridge.capabilities.recognition.camera import Camera, Task, status_of
from bridge.capabilities.recognition.kinds import KINDS, MOST_RESULTS, MOST_TASKS
from bridge.capabilities.recognition.tasks import Tasks, warm_up_workers
from bridge.errors import BridgeError, InvalidRequest, TooLarge
from bridge.pictures.decode_queue import Ticket
from bridge.pictures.picture import Picture, no_picture, picture_of
from bridge.streams.backend import Backend
from bridge.streams.late_counts import LateCounts
from bridge.streams.servicer import Servicer
from bridge.streams.stream import Stream, misplaced, serve_stream
from bridge.v1 import recognition_pb2
from bridge.wire.bounds import check_enum, check_finite, check_rising, check_slot, terms_of, within
from bridge.wire.bundles import Joiner
from bridge.wire.handlers import Context
from bridge.wire.status import rejection

_DECODES_APART = 1  # minor of the contract since which decoding is a stage
_JOINER = Joiner(recognition_pb2.RecognizeResponse)
_Kind = recognition_pb2.RecognitionKind


class RecognitionService(Servicer):
    """What pictures show: labels, objects, tracks, faces, people."""

    async def warm_up(self) -> None:
        await warm_up_workers(self._backend)

    async def Recognize(self, context: Context) -> None:  # noqa: N802
        await serve_stream(context, self._backend, "camera", RecognitionExchange, _JOINER)


class RecognitionExchange:
    """Handles the messages of one recognition stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._backend: Backend = stream.backend
        self._cameras: dict[int, Camera] = {}
        self._asked = Tasks(stream)
        self._late = LateCounts()
        stream.delivery.send(recognition_pb2.RecognizeResponse(opened=recognition_pb2.RecognizeOpened()))

    def hear(self, message: recognition_pb2.RecognizeRequest, arrival: float) -> None:
        match message.WhichOneof("message"):
            case "frame":
                self._hear_frame(message.frame, arrival)
            case "close_slot":
                camera = self._cameras.pop(message.close_slot.slot, None)
                if camera is not None:
                    self._asked.close_camera(camera)
            case kind:
                raise misplaced(kind, "frame, close_slot")

    def refuse(self, error: BridgeError) -> None:
        self._stream.delivery.send(status_of(0, 0, _Kind.RECOGNITION_KIND_UNSPECIFIED, b"", rejection(error)))

    def finish(self) -> None:
        """Nothing to do: outstanding tasks are still answered."""

    def close(self) -> None:
        self._asked.close_all(self._cameras.values())

    def _hear_frame(self, frame: recognition_pb2.CameraFrame, arrival: float) -> None:
        try:
            camera = self._cameras.get(frame.slot) or Camera(Ticket(self._asked.owner))
            tasks = self._tasks(frame, arrival, camera)
        except BridgeError as error:
            pose = frame.pose if len(frame.pose) <= self._backend.limits.pose_bytes else b""
            of = frame.slot, frame.frame_index, _Kind.RECOGNITION_KIND_UNSPECIFIED
            self._stream.delivery.send(status_of(*of, pose, rejection(error)))
            return
        self._cameras[frame.slot] = camera
        camera.last_index = frame.frame_index
        self._hear_late(frame, tasks)
        if not frame.HasField("image"):
            self._asked.predict(camera, tasks[0])
            return
        camera.pictures += 1
        self._asked.ask(camera, tasks)

    def _hear_late(self, frame: recognition_pb2.CameraFrame, tasks: list[Task]) -> None:
        """Count late answers. Clients count per camera, not per kind, so charge the most answered kind first."""
        more = self._late.increase(frame.slot, frame.late_result_count)
        if not more:
            return
        counts = self._stream.session.counts
        for work in sorted({task.work for task in tasks}, key=lambda work: -counts.own(work).answers):
            more -= counts.late_at_client(work, more)

    def _tasks(self, frame: recognition_pb2.CameraFrame, arrival: float, camera: Camera) -> list[Task]:
        """The validated tasks of a frame. Any invalid one raises a BridgeError."""
        limits = self._backend.limits
        check_finite(frame)
        check_slot(frame.slot, limits)
        check_rising("frame_index", frame.frame_index, camera.last_index)
        within("late_result_count", frame.late_result_count, 0, len(KINDS) * frame.frame_index)
        if len(frame.pose) > limits.pose_bytes:
            raise TooLarge(
                f"pose has {len(frame.pose)} bytes; send at most {limits.pose_bytes} (Limits.max_pose_bytes)"
            )
        for task in frame.tasks:
            check_enum("kind", _Kind, task.kind, unspecified=False)
        kinds = [task.kind for task in frame.tasks]
        if not 0 < len(kinds) <= MOST_TASKS or len(set(kinds)) < len(kinds):
            raise InvalidRequest(
                "tasks are missing, more than four or name a kind twice; send one to four, each kind at most once"
            )
        if kinds == [_Kind.RECOGNITION_KIND_TRACK] and not frame.HasField("image"):
            picture = no_picture()
        else:
            picture = picture_of(frame.image, self._asked.enough(kinds), limits)
        return [self._task(frame, task, picture, arrival, camera) for task in frame.tasks]

    def _task(
        self,
        frame: recognition_pb2.CameraFrame,
        wanted: recognition_pb2.RecognitionTask,
        picture: Picture,
        arrival: float,
        camera: Camera,
    ) -> Task:
        within("score_threshold", wanted.score_threshold, 0, 1)
        within("max_results", wanted.max_results, 0, MOST_RESULTS)
        kind = KINDS[wanted.kind]
        terms = terms_of(wanted.budget, self._backend.budgets[kind.work], self._backend.limits)
        return Task(
            work=kind.work,
            arrival=arrival,
            terms=terms,
            stream_id=self._stream.id,
            decodes_apart=self._stream.session.minor >= _DECODES_APART,
            camera=camera,
            slot=frame.slot,
            index=frame.frame_index,
            kind=wanted.kind,
            picture=picture,
            pose=frame.pose,
            threshold=wanted.score_threshold,
            limit=wanted.max_results,
            number=camera.pictures + frame.HasField("image"),
            by_appearance=wanted.by_appearance and wanted.kind == _Kind.RECOGNITION_KIND_TRACK,
        )
