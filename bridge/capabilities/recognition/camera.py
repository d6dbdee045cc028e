"""The state of one camera on a stream: tasks waiting for their picture to be decoded, and the last outputs."""

import asyncio
import threading
from dataclasses import dataclass, field

from bridge.capabilities.recognition.last_output import LastOutput, Origin
from bridge.pictures.decode_queue import Ticket
from bridge.pictures.picture import Picture, Pixels, Size
from bridge.policy.work import Rung
from bridge.v1 import error_pb2, recognition_pb2
from bridge.wire.request import Request


@dataclass(slots=True, eq=False, kw_only=True)
class Task(Request):
    """One task on one picture, which gets one answer."""

    camera: "Camera"
    stream_id: str
    slot: int
    index: int
    kind: recognition_pb2.RecognitionKind
    picture: Picture
    pose: bytes
    threshold: float
    limit: int
    number: int  # of the picture, counted per camera
    by_appearance: bool = False  # for tracks
    colours: Pixels | None = None  # of the picture, as its tracks need them
    width: int = 0  # of the picture, once decoded
    height: int = 0
    began: float = 0.0  # when a worker took its picture; 0 while it is queued
    inputs: tuple[Rung, ...] = ()  # the device rungs, until they move to the job
    prepared: int = 0  # bytes of its inputs, counted while the device may need them
    timer: asyncio.TimerHandle | None = None  # times out its decoding

    @property
    def id(self) -> str:
        return f"{self.stream_id}/{self.slot}.{self.index}.{self.work}"

    def status(self, outcome: error_pb2.Outcome) -> recognition_pb2.RecognizeResponse:
        return status_of(self.slot, self.index, self.kind, self.pose, outcome)

    @property
    def size(self) -> Size:
        """The size of the picture, once decoded."""
        return self.width, self.height

    @property
    def origin(self) -> Origin:
        """Its picture as the origin of an output, once the size is known."""
        return Origin(self.index, self.number, self.arrival, self.pose, self.size, self.version)


def status_of(
    slot: int, index: int, kind: recognition_pb2.RecognitionKind, pose: bytes, outcome: error_pb2.Outcome
) -> recognition_pb2.RecognizeResponse:
    """The message for a task that gets no result, or for a picture that is invalid."""
    status = recognition_pb2.RecognitionStatus(slot=slot, frame_index=index, kind=kind, pose=pose)
    status.outcome.CopyFrom(outcome)
    return recognition_pb2.RecognizeResponse(status=status)


@dataclass(slots=True, eq=False)
class Camera:
    """One camera. One picture is decoded at a time; of those queued only the newest task of each kind is kept."""

    ticket: Ticket
    last_index: int = 0
    pictures: int = 0  # received so far
    decoding: bool = False
    waiting: dict[int, Task] = field(default_factory=dict)
    last_outputs: dict[int, LastOutput] = field(default_factory=dict)
    newest_sent: dict[int, int] = field(default_factory=dict)
    rung: dict[int, str] = field(default_factory=dict)  # by kind: the rung of the last answer from the device
    following: threading.Lock = field(default_factory=threading.Lock)  # held while a picture is added to its tracks

    def reusable_output(self, task: Task) -> LastOutput | None:
        """The last output, if it can answer the task."""
        last = self.last_outputs.get(task.kind)
        return last if last is not None and last.origin.applies_to(task.origin) else None

    def oldest_tasks(self) -> list[Task]:
        """The tasks of the oldest queued picture."""
        index = min((task.index for task in self.waiting.values()), default=0)
        return [task for task in self.waiting.values() if task.index == index]

    def next_tasks(self) -> list[Task]:
        """Take the tasks of the oldest queued picture."""
        tasks = self.oldest_tasks()
        for task in tasks:
            del self.waiting[task.kind]
        return tasks
