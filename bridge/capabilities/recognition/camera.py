"""What a stream keeps of one camera: which tasks wait for its picture to be decoded, and what was seen last."""

import asyncio
from dataclasses import dataclass, field

from bridge.capabilities.recognition.seen import Origin, Seen
from bridge.pictures.decode_queue import Ticket
from bridge.pictures.picture import Picture, Size
from bridge.policy.work import Rung
from bridge.v1 import recognition_pb2
from bridge.wire.request import Request


@dataclass(slots=True, eq=False, kw_only=True)
class Task(Request):
    """One task of one picture: one answer that is owed."""

    camera: "Camera"
    slot: int
    index: int
    kind: recognition_pb2.RecognitionKind
    picture: Picture
    pose: bytes
    threshold: float
    limit: int
    number: int  # of the camera's pictures
    width: int = 0  # of the picture, once decoded
    height: int = 0
    began: float = 0.0  # when a worker took its picture; 0 while that waits
    inputs: tuple[Rung, ...] = ()  # the rungs that need the device, until there is a job
    prepared: int = 0  # bytes of its inputs, while the device may need them
    timer: asyncio.TimerHandle | None = None  # until its picture is decoded

    @property
    def size(self) -> Size:
        """Of the picture, once decoded."""
        return self.width, self.height

    @property
    def origin(self) -> Origin:
        """Its picture, once the size is known."""
        return Origin(self.index, self.number, self.arrival, self.pose, self.size, self.version)


@dataclass(slots=True, eq=False)
class Camera:
    """One camera. A picture is decoded while the next ones wait; the newest of each kind replaces the others."""

    ticket: Ticket
    last_index: int = 0
    pictures: int = 0  # so many have come
    decoding: bool = False
    waiting: dict[int, Task] = field(default_factory=dict)
    seen: dict[int, Seen] = field(default_factory=dict)
    newest_sent: dict[int, int] = field(default_factory=dict)
    rung: dict[int, str] = field(default_factory=dict)  # kind -> the rung that its newest answer from the device took

    def seen_for(self, task: Task) -> Seen | None:
        """What was seen before, if that is an answer to the task."""
        seen = self.seen.get(task.kind)
        return seen if seen is not None and seen.origin.holds(task.origin) else None

    def oldest_tasks(self) -> list[Task]:
        """The tasks of the oldest picture that waits."""
        index = min((task.index for task in self.waiting.values()), default=0)
        return [task for task in self.waiting.values() if task.index == index]

    def next_tasks(self) -> list[Task]:
        """Take the tasks of the oldest picture that waits."""
        tasks = self.oldest_tasks()
        for task in tasks:
            del self.waiting[task.kind]
        return tasks
