"""Cameras: sends pictures, receives labels, boxes, tracks, faces and masks.

Either wait for one answer with `detect`, `classify`, `track`, `faces`, `face_mesh` or `people`, or `send` without
waiting and read them all from `results`.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, Unpack

from bridge.client.answers import MICROS, Disposition, Unanswered, unanswered
from bridge.client.link.connection import Connection
from bridge.client.link.method import Method
from bridge.client.link.pending import Key, Pending, late, on_time
from bridge.client.link.round_trip import Link
from bridge.client.link.stream import Stream
from bridge.client.picture import Meaning, Picture, image_of
from bridge.client.recognition.recognized import Recognized, recognized
from bridge.errors import BridgeError, CallFailed, VersionMismatch
from bridge.v1 import recognition_pb2, timing_pb2

MAX_RESULTS_WAITING = 256
_METHOD = "/bridge.v1.RecognitionService/Recognize"

# The server's defaults (a test compares them), needed here to drop late answers.
DETECT_BUDGET = 0.150
CLASSIFY_BUDGET = 0.066
TRACK_BUDGET = 0.150
FACES_BUDGET = 0.066
FACE_MESH_BUDGET = 0.100
PEOPLE_BUDGET = 0.100

_KINDS: dict[str, Any] = {
    "classify": recognition_pb2.RECOGNITION_KIND_CLASSIFY,
    "detect": recognition_pb2.RECOGNITION_KIND_DETECT,
    "track": recognition_pb2.RECOGNITION_KIND_TRACK,
    "faces": recognition_pb2.RECOGNITION_KIND_FACES,
    "face_mesh": recognition_pb2.RECOGNITION_KIND_FACE_MESH,
    "people": recognition_pb2.RECOGNITION_KIND_PEOPLE,
}
_KNOWS_TRACKS = 7  # minor of a server's contract
_NAMES = {value: name for name, value in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Task:
    """What to look for in a picture, and the budget for it.

    Results below `threshold` are left out, and at most `limit` are returned; 0 means the server's default. With
    `budget` 0, the server's default, this client drops no answer as late, as it does not know the number.
    `by_appearance` is for "track": colours too tell which object is which, and know it again for 20 seconds.
    """

    kind: str
    budget: float
    threshold: float = 0.0
    limit: int = 0
    by_appearance: bool = False


Answer = Recognized | Unanswered
AnswerFuture = asyncio.Future[Answer]


class Camera:
    """All cameras of one client, on one stream. Created by `BridgeClient.camera`."""

    def __init__(self, connection: Connection) -> None:
        method: Method[recognition_pb2.RecognizeRequest, recognition_pb2.RecognizeResponse] = Method(
            connection.channel,
            _METHOD,
            write=recognition_pb2.RecognizeRequest.SerializeToString,
            read=recognition_pb2.RecognizeResponse.FromString,
            up=recognition_pb2.RecognizeRequest,
            down=recognition_pb2.RecognizeResponse,
        )
        self._connection = connection
        self._stream = Stream(connection, method, self)
        self._link = Link(connection.link)
        self._pending: Pending[Recognized] = Pending()
        self._late: Counter[int] = Counter()  # slot -> results received after their budget, since the stream opened
        self._results: deque[Answer | BridgeError] = deque(maxlen=MAX_RESULTS_WAITING)
        self._arrived = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stream.__aexit__(kind, error, trace)

    async def detect(
        self,
        picture: Picture,
        *,
        budget: float = DETECT_BUDGET,
        threshold: float = 0.0,
        limit: int = 0,
        slot: int = 0,
        **meaning: Unpack[Meaning],
    ) -> Answer:
        """Find objects and their boxes. `picture` and `meaning` are as in `image_of`."""
        (answer,) = await self.recognize(picture, Task("detect", budget, threshold, limit), slot=slot, **meaning)
        return answer

    async def classify(
        self,
        picture: Picture,
        *,
        budget: float = CLASSIFY_BUDGET,
        threshold: float = 0.0,
        limit: int = 0,
        slot: int = 0,
        **meaning: Unpack[Meaning],
    ) -> Answer:
        """Label the picture as a whole. `picture` and `meaning` are as in `image_of`."""
        (answer,) = await self.recognize(picture, Task("classify", budget, threshold, limit), slot=slot, **meaning)
        return answer

    async def track(
        self,
        picture: "Picture | None" = None,
        *,
        budget: float = TRACK_BUDGET,
        threshold: float = 0.0,
        limit: int = 0,
        by_appearance: bool = False,
        slot: int = 0,
        **meaning: Unpack[Meaning],
    ) -> Answer:
        """Follow objects from picture to picture. Without a picture the boxes are predicted for now, at once: for up to
        a second after the last picture of the slot, which may also be one whose own answer was not on time.
        """
        task = Task("track", budget, threshold, limit, by_appearance)
        (answer,) = await self.recognize(picture, task, slot=slot, **meaning)
        return answer

    async def faces(
        self,
        picture: Picture,
        *,
        budget: float = FACES_BUDGET,
        threshold: float = 0.0,
        limit: int = 0,
        slot: int = 0,
        **meaning: Unpack[Meaning],
    ) -> Answer:
        """Find faces: boxes, six points each, and how the head is turned."""
        (answer,) = await self.recognize(picture, Task("faces", budget, threshold, limit), slot=slot, **meaning)
        return answer

    async def face_mesh(
        self,
        picture: Picture,
        *,
        budget: float = FACE_MESH_BUDGET,
        threshold: float = 0.0,
        limit: int = 0,
        slot: int = 0,
        **meaning: Unpack[Meaning],
    ) -> Answer:
        """Find 468 points of each face, of one unless `limit` says otherwise, up to four."""
        (answer,) = await self.recognize(picture, Task("face_mesh", budget, threshold, limit), slot=slot, **meaning)
        return answer

    async def people(
        self,
        picture: Picture,
        *,
        budget: float = PEOPLE_BUDGET,
        threshold: float = 0.0,
        slot: int = 0,
        **meaning: Unpack[Meaning],
    ) -> Answer:
        """Mask the people in a picture; what is below the threshold is 0 in the mask."""
        (answer,) = await self.recognize(picture, Task("people", budget, threshold), slot=slot, **meaning)
        return answer

    async def recognize(
        self, picture: "Picture | None", *tasks: Task, slot: int = 0, pose: bytes = b"", **meaning: Unpack[Meaning]
    ) -> list[Answer]:
        """Run several tasks on one picture; returns their answers in the same order, once all have arrived."""
        return await asyncio.gather(*self.request(picture, *tasks, slot=slot, pose=pose, **meaning))

    def send(self, picture: Picture, *tasks: Task, slot: int = 0, pose: bytes = b"", **meaning: Unpack[Meaning]) -> int:
        """Send a picture without waiting; returns its frame index. The answers, one per task, come from `results`."""
        for future in self.request(picture, *tasks, slot=slot, pose=pose, **meaning):
            future.add_done_callback(self._collect)
        return self._connection.last_index

    async def results(self) -> AsyncGenerator[Answer, None]:
        """The answers to pictures sent with `send`, as they arrive. If not read in time, the oldest are dropped."""
        while True:
            while not self._results:
                self._arrived.clear()
                await self._arrived.wait()
            item = self._results.popleft()
            if isinstance(item, BridgeError):
                raise item
            yield item

    def request(
        self, picture: "Picture | None", *tasks: Task, slot: int = 0, pose: bytes = b"", **meaning: Unpack[Meaning]
    ) -> list[AnswerFuture]:
        """Send a picture without waiting; returns one future per task, which gets a Recognized or an Unanswered.

        The newest picture of a slot replaces, task by task, one that has not started. `pose` is returned with each
        answer. Without a picture there may be one task only, "track".
        """
        minor = self._connection.handshake.protocol.minor
        kinds = tuple(task.kind for task in tasks)
        if "track" in kinds and minor < _KNOWS_TRACKS:
            raise VersionMismatch("this server is older than tracking; use detect, or update it")
        if picture is None and kinds != ("track",):
            raise ValueError("a picture is missing; only a single task, track, can be answered without one")
        image = image_of(picture, minor=minor, **meaning) if picture is not None else None
        index = self._connection.next_index()
        frame = recognition_pb2.CameraFrame(
            slot=slot,
            frame_index=index,
            tasks=[self._task(task) for task in tasks],
            pose=pose,
            late_result_count=self._late[slot],
            image=image,
        )
        message = recognition_pb2.RecognizeRequest(frame=frame)
        if not self._stream.connected:
            return [self._pending.refuse(Key(slot, index, kind)) for kind in kinds]
        size = len(image.data) if image is not None else 0
        replaced = self._stream.send(message, size, key=(slot, kinds, image is None))
        futures = [self._pending.ask(Key(slot, index, task.kind), task.budget) for task in tasks]
        if replaced is not None:
            self._supersede(replaced.frame)
        return futures

    def close_slot(self, slot: int) -> None:
        """Remove a camera and free the server's state of it."""
        del self._late[slot]  # a Counter raises no KeyError
        message = recognition_pb2.RecognizeCloseSlot(slot=slot)
        self._stream.send(recognition_pb2.RecognizeRequest(close_slot=message))

    # -- stream events -------------------------------------------------------------------------------------------------

    def hello(self, session_id: str) -> recognition_pb2.RecognizeRequest:
        """The stream's first message."""
        return recognition_pb2.RecognizeRequest(open=recognition_pb2.RecognizeOpen(session_id=session_id))

    def opened(self, message: recognition_pb2.RecognizeResponse) -> None:
        """Nothing to restore: a camera only needs its next picture."""

    def hear(self, message: recognition_pb2.RecognizeResponse) -> None:
        """Dispatch a result or a status."""
        now = time.perf_counter()
        match message.WhichOneof("message"):
            case "result":
                self._hear_result(message.result, now)
            case "status":
                self._hear_status(message.status, now)

    def lost(self, error: BridgeError) -> None:
        """End all pending requests: the stream is lost."""
        self._pending.drop(str(error))
        self._late.clear()

    def _hear_result(self, result: recognition_pb2.RecognitionResult, now: float) -> None:
        asked = self._pending.take(Key(result.slot, result.frame_index, _NAMES.get(result.kind, "")))
        if asked is None:
            return
        self._link.measure(now - asked.sent, result.timing.server_micros / MICROS)
        if on_time(asked, now):
            self._pending.answer(asked, recognized(result, asked.key.kind, now - asked.sent, asked.budget))
        else:
            self._late[result.slot] += 1
            self._pending.answer(asked, late(asked, now))

    def _hear_status(self, status: recognition_pb2.RecognitionStatus, now: float) -> None:
        kinds = tuple(_KINDS) if status.kind not in _NAMES else (_NAMES[status.kind],)
        for kind in kinds:
            key = Key(status.slot, status.frame_index, kind)
            asked = self._pending.take(key)
            if asked is None:
                continue
            if status.outcome.timing.server_micros:
                self._link.measure(now - asked.sent, status.outcome.timing.server_micros / MICROS)
            answer = unanswered(
                status.outcome, slot=key.slot, frame_index=key.frame_index, kind=kind, elapsed=now - asked.sent
            )
            if isinstance(answer, CallFailed):
                self._pending.fail(asked, answer)
            else:
                self._pending.answer(asked, answer)

    def _supersede(self, frame: recognition_pb2.CameraFrame) -> None:
        """End the tasks of a picture that was replaced before it was sent."""
        now = time.perf_counter()
        for task in frame.tasks:
            asked = self._pending.take(Key(frame.slot, frame.frame_index, _NAMES[task.kind]))
            if asked is not None:
                message = "replaced by a newer picture before it was sent"
                answer = Unanswered(
                    Disposition.SUPERSEDED,
                    "superseded",
                    message,
                    slot=frame.slot,
                    frame_index=frame.frame_index,
                    kind=asked.key.kind,
                    elapsed=now - asked.sent,
                )
                self._pending.answer(asked, answer)

    def _collect(self, future: AnswerFuture) -> None:
        if not future.cancelled():
            error = future.exception()
            self._results.append(error if isinstance(error, BridgeError) else future.result())
            self._arrived.set()

    def _task(self, task: Task) -> recognition_pb2.RecognitionTask:
        if task.kind not in _KINDS:
            raise ValueError(f"unknown task {task.kind!r}; use one of {', '.join(_KINDS)}")
        return recognition_pb2.RecognitionTask(
            kind=_KINDS[task.kind],
            budget=timing_pb2.Budget(budget_micros=round(task.budget * MICROS), link_micros=self._link.micros),
            score_threshold=task.threshold,
            max_results=task.limit,
            by_appearance=task.by_appearance,
        )
