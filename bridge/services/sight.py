"""The tasks of one recognition stream: a picture is decoded off the loop, becomes jobs, and their outputs answers."""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bridge.codecs import png
from bridge.errors import BridgeError, ModelFailed
from bridge.services.backend import Backend
from bridge.services.camera import Camera, Task
from bridge.services.capabilities import KINDS
from bridge.services.pictures import decode
from bridge.services.request import clock
from bridge.services.results import result
from bridge.services.stream import Stream
from bridge.v1 import media_pb2
from bridge.work import Cause, Ending, Job, Outcome, Rung

log = logging.getLogger("framebridge.recognition")

_REHEARSED = 1024  # pixels each way


@dataclass(slots=True)
class Prepared:
    """A decoded picture, as its tasks' lanes take it."""

    width: int = 0
    height: int = 0
    inputs: dict[str, tuple[str, Any]] = field(default_factory=dict)  # rung -> lane and its input


class Sight:
    """All tasks of one stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._backend: Backend = stream.backend
        self._delivery = stream.delivery

    def look(self, camera: Camera, tasks: Sequence[Task]) -> None:
        """Owe answers. A task replaces the one of its kind that still waits for its picture."""
        for task in tasks:
            self._delivery.owe(task)
            older = camera.waiting.get(task.kind)
            if older is not None:
                self._end(older, Ending.SUPERSEDED)
            camera.waiting[task.kind] = task
        self._decode_next(camera)

    def close_camera(self, camera: Camera, slot: int) -> None:
        """Withdraw what is owed of a camera."""
        camera.waiting.clear()
        for task in [owed for owed in self._delivery.owed if isinstance(owed, Task) and owed.slot == slot]:
            if task.job is not None:
                self._backend.engine.cancel(task.job)
            self._end(task, Ending.CANCELLED, "its camera was closed")

    def close(self) -> None:
        """The stream is over."""
        for task in self._delivery.drop_all():
            if task.job is not None:
                self._backend.engine.cancel(task.job)

    def _end(self, task: Task, ending: Ending, sentence: str = "", cause: Cause = Cause.NONE) -> None:
        job = task.job or Job(0, self._stream.session.id, task.work, task.arrival, (Rung(""),))
        self._delivery.unanswered(task, Outcome(job, ending, clock(), cause=cause), sentence)

    # -- decoding ------------------------------------------------------------------------------------------------------

    def _decode_next(self, camera: Camera) -> None:
        if camera.decoding:
            return
        tasks = [task for task in camera.next_tasks() if self._admitted(task)]
        if not tasks:
            if camera.waiting:
                self._decode_next(camera)
            return
        camera.decoding = True
        rungs: set[tuple[int, str]] = {(task.kind, rung) for task in tasks for rung in self._device_rungs(task)}
        self._in_pool(lambda: self._prepare(tasks, rungs), lambda outcome: self._decoded(camera, tasks, outcome))

    def _admitted(self, task: Task) -> bool:
        try:
            self._backend.check_open()
            task.version = self._backend.roster.program(KINDS[task.kind].model).version
        except BridgeError as error:
            self._delivery.reject(task, error)
            return False
        return True

    def _ladder(self, task: Task) -> tuple[str, ...]:
        names = self._backend.ladder(KINDS[task.kind].model)
        return names[:1] if task.worth.best_only else names

    def _device_rungs(self, task: Task) -> list[str]:
        return [name for name in self._ladder(task) if "." in name]

    def _prepare(self, tasks: Sequence[Task], rungs: set[tuple[int, str]]) -> Prepared:
        """On a worker thread."""
        if all(task.answered for task in tasks):
            return Prepared()  # its camera was closed meanwhile
        widths, heights = zip(*(KINDS[kind].enough(rung) for kind, rung in rungs), strict=True)
        picture = decode(tasks[0].frame.image, (max(widths), max(heights)), self._backend.limits)
        inputs = {}
        for kind, rung in rungs:
            lane = KINDS[kind].lane(rung, picture.width, picture.height)
            inputs[rung] = (lane, KINDS[kind].prepare(picture.pixels, lane))
        return Prepared(picture.width, picture.height, inputs)

    def _decoded(self, camera: Camera, tasks: Sequence[Task], prepared: "Prepared | BridgeError") -> None:
        camera.decoding = False
        for task in tasks:
            task.frame.image.ClearField("data")
            task.before = clock() - task.arrival
            if isinstance(prepared, BridgeError):
                self._delivery.reject(task, prepared)
            elif not task.answered:
                self._submit(camera, task, prepared)
        self._decode_next(camera)

    # -- jobs ----------------------------------------------------------------------------------------------------------

    def _submit(self, camera: Camera, task: Task, prepared: Prepared) -> None:
        task.width, task.height = prepared.width, prepared.height
        try:
            self._backend.check_open()
            rungs = self._rungs(camera, task, prepared)
        except BridgeError as error:
            self._delivery.reject(task, error)
            return
        key = (self._stream.id, task.slot, task.kind)
        task.job = self._backend.job(task, rungs, self._stream.session, supersede_key=key)
        self._backend.engine.submit(task.job, lambda outcome: self._heard(camera, task, outcome))

    def _rungs(self, camera: Camera, task: Task, prepared: Prepared) -> tuple[Rung, ...]:
        rungs = []
        for name in self._ladder(task):
            if name in prepared.inputs:
                rungs.append(Rung(name, *prepared.inputs[name]))
            elif "." not in name and task.kind in camera.seen:
                rungs.append(Rung(name))
        return tuple(rungs)

    def _heard(self, camera: Camera, task: Task, outcome: Outcome) -> None:
        self._stream.session.counts.ran(task.work, outcome.job.account)
        if task.answered:
            return
        if outcome.ending is not Ending.ANSWERED:
            self._delivery.unanswered(task, outcome)
        elif task.without_device:
            self._carry(camera, task, outcome)
        else:
            self._read(camera, task, outcome)

    # -- answers -------------------------------------------------------------------------------------------------------

    def _read(self, camera: Camera, task: Task, outcome: Outcome) -> None:
        began = clock()

        def done(answers: Any) -> None:
            task.after = clock() - began
            if isinstance(answers, BridgeError):
                self._end(task, Ending.FAILED, str(answers), Cause.FAULT)
                return
            self._remember(camera, task, answers)
            self._answer(camera, task, outcome, answers, task.index)

        self._in_pool(lambda: KINDS[task.kind].read(task, outcome.value), done)

    def _remember(self, camera: Camera, task: Task, answers: Any) -> None:
        seen = camera.seen.get(task.kind)
        if seen is None or seen.index < task.index:
            camera.seen[task.kind] = KINDS[task.kind].remember(seen, task, answers)

    def _carry(self, camera: Camera, task: Task, outcome: Outcome) -> None:
        seen = camera.seen[task.kind]
        self._answer(camera, task, outcome, KINDS[task.kind].carry(seen, task), seen.index)

    def _answer(self, camera: Camera, task: Task, outcome: Outcome, answers: Sequence[Any], looked_at: int) -> None:
        if camera.newest_sent.get(task.kind, 0) > task.index:  # a newer picture was answered more quickly
            self._end(task, Ending.SUPERSEDED)
            return
        camera.newest_sent[task.kind] = task.index
        carried_from = looked_at if task.without_device else 0
        self._delivery.answer(
            task, outcome, lambda timing: [result(task, answers, carried_from, timing)], key=(task.slot, task.kind)
        )

    def _in_pool(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Run `work` on a worker thread and `done` on the loop with what came of it, a BridgeError for a failure."""

        def heard(future: "asyncio.Future[Any]") -> None:
            if future.cancelled():
                return
            error = future.exception()
            if error is not None and not isinstance(error, BridgeError):
                log.error("a picture could not be worked on", exc_info=error)
                error = ModelFailed("the picture could not be worked on; send another one")
            done(error or future.result())

        asyncio.get_running_loop().run_in_executor(self._backend.pictures, work).add_done_callback(heard)


async def rehearse(backend: Backend) -> None:
    """Let each worker pay for what its first picture costs (40 ms, mostly for memory), before anybody waits for one."""
    everybody = threading.Barrier(backend.picture_workers)
    rungs = [
        (capability, rung)
        for capability in KINDS.values()
        for rung in backend.roster.standing(capability.model).entry.rungs
        if "." in rung
    ]

    def work() -> None:
        everybody.wait()  # so that it is not one worker who does it all
        file = png.encode(np.zeros((_REHEARSED, _REHEARSED, 4), np.uint8))
        image = media_pb2.Image(format=media_pb2.IMAGE_FORMAT_PNG, data=file)
        seen = decode(image, (_REHEARSED, _REHEARSED), backend.limits)
        for capability, rung in rungs:
            capability.prepare(seen.pixels, capability.lane(rung, seen.width, seen.height))

    loop = asyncio.get_running_loop()
    await asyncio.gather(*(loop.run_in_executor(backend.pictures, work) for _ in range(backend.picture_workers)))
