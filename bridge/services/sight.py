"""The tasks of one recognition stream: a picture is decoded off the loop, becomes jobs, and their outputs answers.

While a picture waits for a worker it costs nothing but its bytes, which are counted; what cannot be decoded in time any
more is let go at that moment, with what was seen before or with a refusal, whatever the workers do.
"""

import asyncio
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from bridge.codecs import png
from bridge.errors import BridgeError
from bridge.services.backend import Backend
from bridge.services.camera import Camera, Task
from bridge.services.capabilities import KINDS
from bridge.services.decoders import Work
from bridge.services.pictures import Picture, Size, decode, picture_of
from bridge.services.request import clock
from bridge.services.results import result
from bridge.services.seen import Origin, Seen
from bridge.services.stream import Stream
from bridge.services.waiting import Waiting, disarm
from bridge.v1 import media_pb2
from bridge.work import Cause, Ending, Job, Outcome, Rung, Stage

_REHEARSED = 1024  # pixels each way
_TOGETHER_SECONDS = 10.0  # for all workers to begin


@dataclass(slots=True)
class Prepared:
    """A decoded picture, as its tasks' lanes take it."""

    width: int = 0
    height: int = 0
    took: float = 0.0  # seconds of a worker
    inputs: dict[str, tuple[str, Any]] = field(default_factory=dict)  # rung -> lane and its input


class Sight:
    """All tasks of one stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._backend: Backend = stream.backend
        self._decoders = self._backend.decoders
        self._delivery = stream.delivery
        self._waiting = Waiting(stream, self._begin, self._let_go)
        self.owner = self._waiting.owner

    def look(self, camera: Camera, tasks: Sequence[Task]) -> None:
        """Owe answers. A task replaces the one of its kind that still waits for its picture."""
        older = {task.kind: camera.waiting[task.kind] for task in tasks if task.kind in camera.waiting}
        picture = tasks[0].picture
        full = self._waiting.overloaded(picture, older.values())
        for task in tasks:
            self._delivery.owe(task)
            if full is not None:
                self._delivery.reject(task, full)
            elif task.kind in older:
                self._waiting.withdraw(camera, older[task.kind])
                self._end(older[task.kind], Ending.SUPERSEDED)
        if full is None:
            self._waiting.add(camera, picture, [task for task in tasks if self._admitted(task)])

    def close_camera(self, camera: Camera, slot: int) -> None:
        """Withdraw what is owed of a camera."""
        self._waiting.drop(camera)
        for task in [owed for owed in self._delivery.owed if isinstance(owed, Task) and owed.slot == slot]:
            self._cancel(task)
            self._end(task, Ending.CANCELLED, "its camera was closed")

    def close(self, cameras: Iterable[Camera]) -> None:
        """The stream is over."""
        for camera in cameras:
            self._waiting.drop(camera)
        for task in self._delivery.drop_all():
            self._cancel(task)

    def _cancel(self, task: Any) -> None:
        disarm(task)
        if task.job is not None:
            self._backend.engine.cancel(task.job)

    def _end(self, task: Task, ending: Ending, sentence: str = "", cause: Cause = Cause.NONE) -> None:
        job = task.job or Job(0, self._stream.session.id, task.work, task.arrival, (Rung(""),))
        self._delivery.unanswered(task, Outcome(job, ending, clock(), cause=cause), sentence)

    # -- what is asked -------------------------------------------------------------------------------------------------

    def enough(self, kinds: Iterable[int]) -> Size:
        """The pixels each way that tasks of these kinds need of a picture."""
        sizes = [KINDS[kind].enough(rung) for kind in kinds for rung in self._rung_names(kind) if "." in rung]
        widths, heights = zip(*sizes, strict=True)
        return max(widths), max(heights)

    def _rung_names(self, kind: int) -> tuple[str, ...]:
        return self._backend.roster.standing(KINDS[kind].model).entry.rungs

    def _admitted(self, task: Task) -> bool:
        try:
            self._backend.check_open()
            task.version = self._backend.roster.program(KINDS[task.kind].model).version
        except BridgeError as error:
            self._delivery.reject(task, error)
            return False
        return True

    # -- out of time ---------------------------------------------------------------------------------------------------

    def _let_go(self, camera: Camera, task: Task) -> None:
        """Answer with what was seen before, where that will do; else refuse."""
        now = clock()
        task.before, task.behind = now - task.arrival, self._decoders.waited_behind(camera.ticket)
        task.decoding = now - task.began if task.began else 0.0
        sentence = "" if task.began else self._too_much(task)
        try:
            rungs = tuple(Rung(name, name if "." in name else None) for name in self._ladder(task))
        except BridgeError as error:  # its model was unloaded meanwhile
            self._delivery.reject(task, error)
            return
        carried = next((place for place, rung in enumerate(rungs) if rung.lane is None), 0)
        task.job = self._backend.job(task, rungs, self._stream.session)
        task.width, task.height = task.picture.size
        seen = camera.seen_for(task)
        if carried and seen is not None and now < task.due:
            task.job.rung = carried
            self._carry(camera, task, Outcome(task.job, Ending.ANSWERED, now), seen)
        else:
            self._refuse(task, now, sentence)

    def _too_much(self, task: Task) -> str:
        """Why a picture that has hardly waited is let go: it is too much by itself, or thought to be."""
        least = self._waiting.least(task.picture)
        if task.before > least:
            return ""
        task.before = task.behind = 0.0
        self._decoders.costs.relax(self.owner.identity, task.picture.kind)
        return (
            f"decoding the picture takes {least * 1e3:.1f} ms or more, and its budget left {task.worth.here * 1e3:.1f} "
            "ms; send a smaller one, or raise the budget"
        )

    def _refuse(self, task: Task, now: float, sentence: str) -> None:
        assert task.job is not None
        due = task.due - self._backend.allowances[task.work].seconds
        stage = Stage.DECODE if due > task.arrival else Stage.TRANSPORT
        outcome = Outcome(task.job, Ending.REFUSED, now, cause=Cause.NO_RUNG_IN_TIME, stage=stage)
        self._delivery.unanswered(task, outcome, sentence if stage is Stage.DECODE else "")

    def _ladder(self, task: Task) -> tuple[str, ...]:
        names = self._backend.ladder(KINDS[task.kind].model)
        return names[:1] if task.worth.best_only else names

    # -- decoding ------------------------------------------------------------------------------------------------------

    def _begin(self, camera: Camera) -> Work | None:
        """A worker is free: what it has to do, if that is still worth it."""
        now, picture = clock(), camera.oldest_tasks()[0].picture
        tasks = camera.next_tasks()
        rungs: set[tuple[int, str]] = set()
        for task in tasks:
            rungs |= self._started(camera, task, now)
        if not rungs:
            self._waiting.release(picture)
            self._waiting.offer(camera)
            return None
        camera.decoding = True
        return Work(
            lambda: self._prepare(picture, tasks, rungs), lambda prepared: self._decoded(camera, tasks, prepared)
        )

    def _started(self, camera: Camera, task: Task, now: float) -> set[tuple[int, str]]:
        """The rungs whose inputs a task wants of its picture; none when it is too late for it."""
        disarm(task)
        try:
            rungs = {(int(task.kind), name) for name in self._ladder(task) if "." in name}
        except BridgeError as error:  # its model was unloaded meanwhile
            self._delivery.reject(task, error)
            return set()
        if self._waiting.latest(task) <= now:
            self._let_go(camera, task)
            return set()
        task.behind = camera.ticket.behind
        self._waiting.start(camera, task, now)
        return rungs

    def _prepare(self, picture: Picture, tasks: Sequence[Task], rungs: Iterable[tuple[int, str]]) -> Prepared:
        """On a worker thread."""
        if all(task.answered for task in tasks):
            return Prepared()  # its camera was closed meanwhile
        began = clock()
        widths, heights = zip(*(KINDS[kind].enough(rung) for kind, rung in rungs), strict=True)
        decoded = decode(picture, (max(widths), max(heights)), self._backend.limits)
        prepared = Prepared(decoded.width, decoded.height)
        for kind, rung in rungs:
            lane = KINDS[kind].lane(rung, decoded.width, decoded.height)
            prepared.inputs[rung] = (lane, KINDS[kind].prepare(decoded.pixels, lane))
        prepared.took = clock() - began
        return prepared

    def _decoded(self, camera: Camera, tasks: Sequence[Task], prepared: "Prepared | BridgeError") -> None:
        camera.decoding, picture = False, tasks[0].picture
        self._waiting.release(picture)
        if isinstance(prepared, Prepared) and prepared.inputs:
            self._decoders.costs.observe(self.owner.identity, picture.kind, picture.work, prepared.took)
        for task in tasks:
            disarm(task)
            if task.answered:
                continue
            task.before = clock() - task.arrival
            if isinstance(prepared, BridgeError):
                self._delivery.reject(task, prepared)
            else:
                task.decoding = prepared.took
                self._submit(camera, task, prepared)
        self._waiting.offer(camera)

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
        task.prepared = sum(rung.input.pixels.nbytes for rung in rungs if rung.lane is not None)
        self._decoders.prepared.take(self.owner, task.prepared)
        self._backend.engine.submit(task.job, lambda outcome: self._heard(camera, task, outcome))

    def _rungs(self, camera: Camera, task: Task, prepared: Prepared) -> tuple[Rung, ...]:
        rungs = []
        for name in self._ladder(task):
            if name in prepared.inputs:
                rungs.append(Rung(name, *prepared.inputs[name]))
            elif "." not in name and camera.seen_for(task) is not None:
                rungs.append(Rung(name))
        return tuple(rungs)

    def _heard(self, camera: Camera, task: Task, outcome: Outcome) -> None:
        outcome = self._without_inputs(task, outcome)
        self._stream.session.counts.ran(task.work, outcome.job.account)
        if task.answered:
            return
        if outcome.ending is not Ending.ANSWERED:
            self._delivery.unanswered(task, outcome)
        elif not task.without_device:
            self._read(camera, task, outcome)
        elif (seen := camera.seen_for(task)) is not None:
            self._carry(camera, task, outcome, seen)
        else:  # another picture was looked at meanwhile, and what that shows is no answer
            refused = outcome._replace(ending=Ending.REFUSED, cause=Cause.NO_RUNG_IN_TIME)
            self._delivery.unanswered(task, refused)

    def _without_inputs(self, task: Task, outcome: Outcome) -> Outcome:
        """The answer may wait for long to be read. A job that is given up may still be under way: the engine's own
        stays as it is.
        """
        self._decoders.give_prepared(self.owner, task.prepared)
        if outcome.ending is Ending.ANSWERED:
            outcome.job.strip()
            return outcome
        job = copy(outcome.job)
        job.rungs, job.flight = tuple(rung._replace(input=None) for rung in job.rungs), None
        if task.job is outcome.job:
            task.job = job
        return outcome._replace(job=job)

    # -- answers -------------------------------------------------------------------------------------------------------

    def _read(self, camera: Camera, task: Task, outcome: Outcome) -> None:
        began = clock()

        def done(answers: Any) -> None:
            task.after = clock() - began
            if isinstance(answers, BridgeError):
                self._end(task, Ending.FAILED, str(answers), Cause.FAULT)
                return
            self._remember(camera, task, outcome.value)
            self._answer(camera, task, outcome, answers)

        capability = KINDS[task.kind]
        work = Work(lambda: capability.read(task, outcome.value), done)
        self._decoders.answer(work, at_once=capability.reads_at_once)

    def _remember(self, camera: Camera, task: Task, output: Any) -> None:
        seen = camera.seen.get(task.kind)
        if seen is None or seen.origin.index < task.index:
            camera.seen[task.kind] = KINDS[task.kind].remember(seen, task, output)

    def _carry(self, camera: Camera, task: Task, outcome: Outcome, seen: Seen) -> None:
        self._answer(camera, task, outcome, KINDS[task.kind].carry(seen, task), seen.origin)

    def _answer(
        self, camera: Camera, task: Task, outcome: Outcome, answers: Sequence[Any], carried_from: Origin | None = None
    ) -> None:
        if camera.newest_sent.get(task.kind, 0) > task.index:  # a newer picture was answered more quickly
            self._end(task, Ending.SUPERSEDED)
            return
        camera.newest_sent[task.kind] = task.index
        pack = partial(result, task, answers, carried_from, self._stream.session.minor)
        self._delivery.answer(task, outcome, lambda timing: [pack(timing)], key=(task.slot, task.kind))


async def rehearse(backend: Backend) -> None:
    """Let each worker pay for what its first picture costs (40 ms, mostly for memory), before anybody waits for one."""
    everybody = threading.Barrier(backend.decoders.workers)
    rungs = [
        (capability, rung)
        for capability in KINDS.values()
        for rung in backend.roster.standing(capability.model).entry.rungs
        if "." in rung
    ]

    def work() -> None:
        with suppress(threading.BrokenBarrierError):  # the others were withdrawn: the server stops
            everybody.wait(_TOGETHER_SECONDS)  # so that it is not one worker who does it all
        file = png.encode(np.zeros((_REHEARSED, _REHEARSED, 4), np.uint8))
        image = media_pb2.Image(format=media_pb2.IMAGE_FORMAT_PNG, data=file)
        size = (_REHEARSED, _REHEARSED)
        seen = decode(picture_of(image, size, backend.limits), size, backend.limits)
        for capability, rung in rungs:
            capability.prepare(seen.pixels, capability.lane(rung, seen.width, seen.height))

    loop = asyncio.get_running_loop()
    workers = backend.decoders.workers
    await asyncio.gather(*(loop.run_in_executor(backend.decoders.pool, work) for _ in range(workers)))
