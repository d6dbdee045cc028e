"""The tasks of one recognition stream: a picture is decoded off the loop, becomes jobs, and their outputs answers.

While a picture waits for a worker it costs nothing but its bytes, which are counted; what cannot be decoded in time any
more is let go at that moment, with what was seen before or with a refusal, whatever the workers do.
"""

import asyncio
import threading
from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from bridge.capabilities.recognition.camera import Camera, Task
from bridge.capabilities.recognition.inputs import device_rungs
from bridge.capabilities.recognition.kinds import KINDS, Processor
from bridge.capabilities.recognition.results import result
from bridge.capabilities.recognition.seen import Origin, Seen
from bridge.capabilities.recognition.waiting import Waiting, disarm
from bridge.codecs import png
from bridge.device.catalog import RungSpec
from bridge.errors import BridgeError
from bridge.pictures.decoders import Work
from bridge.pictures.picture import Picture, Size, decode, picture_of
from bridge.policy.work import Cause, Ending, Outcome, Rung, Stage
from bridge.streams.answering import Answering
from bridge.streams.backend import Backend
from bridge.streams.stream import Stream
from bridge.v1 import media_pb2
from bridge.wire.request import clock

_REHEARSED = 1024  # pixels each way
_TOGETHER_SECONDS = 10.0  # for all workers to begin


@dataclass(slots=True)
class Prepared:
    """A decoded picture, as its tasks' lanes take it."""

    width: int = 0
    height: int = 0
    took: float = 0.0  # seconds of a worker
    inputs: dict[int, tuple[tuple[Rung, ...], int]] = field(default_factory=dict)  # kind -> its rungs, bytes they hold


class Tasks(Answering[Task]):
    """All tasks of one stream."""

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream)
        self._decoders = self._backend.decoders
        self._processors: dict[int, Processor] = {
            kind: self._backend.roster.processor(declared.model) for kind, declared in KINDS.items()
        }
        self._enough: dict[tuple[int, ...], Size] = {}  # by kinds, which are few
        self._waiting = Waiting(stream, self._begin, self._let_go)
        self.owner = self._waiting.owner

    def ask(self, camera: Camera, tasks: Sequence[Task]) -> None:
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
                self.end(older[task.kind], Ending.SUPERSEDED)
        if full is None:
            self._waiting.add(camera, picture, [task for task in tasks if self._admitted(task)])

    def close_camera(self, camera: Camera) -> None:
        """Withdraw what is owed of a camera."""
        self._waiting.drop(camera)
        owed = [task for task in self._delivery.owed if isinstance(task, Task) and task.camera is camera]
        self.withdraw(owed, "its camera was closed")

    def close_all(self, cameras: Iterable[Camera]) -> None:
        """The stream is over."""
        for camera in cameras:
            self._waiting.drop(camera)
        self.close()

    def cancel(self, request: Task) -> None:
        disarm(request)
        super().cancel(request)

    # -- what is asked -------------------------------------------------------------------------------------------------

    def enough(self, kinds: Sequence[int]) -> Size:
        """The pixels each way that tasks of these kinds need of a picture."""
        wanted = tuple(kinds)
        if wanted not in self._enough:
            self._enough[wanted] = _enough(rung for kind in wanted for rung in self._rungs_of(kind))
        return self._enough[wanted]

    def _rungs_of(self, kind: int) -> tuple[RungSpec, ...]:
        return self._backend.roster.standing(KINDS[kind].model).entry.model.rungs

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
            rungs = tuple(Rung(spec.name, spec.lane) for spec in self._ladder(task))
        except BridgeError as error:  # its model was unloaded meanwhile
            self._delivery.reject(task, error)
            return
        carried = next((place for place, rung in enumerate(rungs) if rung.lane is None), 0)
        task.job = self._backend.job(task, rungs, self._stream.session)
        task.width, task.height = task.picture.size
        seen = camera.seen_for(task)
        if carried and seen is not None and now < task.due:
            task.job.rung = carried
            self._carry(task, Outcome(task.job, Ending.ANSWERED, now), seen)
        else:
            self._refuse(task, now, sentence)

    def _too_much(self, task: Task) -> str:
        """Why a picture that has hardly waited is let go: it is too much by itself, or thought to be."""
        least = self._waiting.least(task.picture)
        if task.before > least:
            return ""
        task.before = task.behind = 0.0
        self._decoders.costs.relax(self.owner.identity, task.picture.kind)
        left = task.terms.server_budget
        return (
            f"decoding the picture takes {least * 1e3:.1f} ms or more, and its budget left {left * 1e3:.1f} ms; "
            "send a smaller one, or raise the budget"
        )

    def _refuse(self, task: Task, now: float, sentence: str) -> None:
        assert task.job is not None
        due = task.due - self._backend.delivery_times[task.work].seconds
        stage = Stage.DECODE if due > task.arrival else Stage.TRANSPORT
        outcome = Outcome(task.job, Ending.REFUSED, now, cause=Cause.NO_RUNG_IN_TIME, stage=stage)
        self._delivery.unanswered(task, outcome, sentence if stage is Stage.DECODE else "")

    def _ladder(self, task: Task) -> tuple[RungSpec, ...]:
        specs = self._backend.roster.ladder(KINDS[task.kind].model)
        return specs[:1] if task.terms.best_only else specs

    # -- decoding ------------------------------------------------------------------------------------------------------

    def _begin(self, camera: Camera) -> Work | None:
        """A worker is free: what it has to do, if that is still worth it."""
        now, picture = clock(), camera.oldest_tasks()[0].picture
        tasks = camera.next_tasks()
        ladders = {int(task.kind): rungs for task in tasks if (rungs := self._started(camera, task, now))}
        if not ladders:
            self._waiting.release(picture)
            self._waiting.offer(camera)
            return None
        camera.decoding = True
        return Work(
            lambda: self._prepare(picture, tasks, ladders), lambda prepared: self._decoded(camera, tasks, prepared)
        )

    def _started(self, camera: Camera, task: Task, now: float) -> tuple[RungSpec, ...]:
        """The rungs that a task may take with its picture; none when it is too late for it."""
        disarm(task)
        try:
            rungs = tuple(spec for spec in self._ladder(task) if spec.lane is not None)
        except BridgeError as error:  # its model was unloaded meanwhile
            self._delivery.reject(task, error)
            return ()
        if self._waiting.latest(task) <= now:
            self._let_go(camera, task)
            return ()
        task.behind = camera.ticket.behind
        self._waiting.start(camera, task, now)
        return rungs

    def _prepare(
        self, picture: Picture, tasks: Sequence[Task], ladders: Mapping[int, tuple[RungSpec, ...]]
    ) -> Prepared:
        """On a worker thread."""
        if all(task.answered for task in tasks):
            return Prepared()  # its camera was closed meanwhile
        began = clock()
        enough = _enough(spec for specs in ladders.values() for spec in specs)
        decoded = decode(picture, enough, self._backend.limits)
        prepared = Prepared(decoded.width, decoded.height)
        for kind, specs in ladders.items():
            likely = tasks[0].camera.rung.get(kind, "")
            prepared.inputs[kind] = device_rungs(specs, self._processors[kind], decoded, likely)
        prepared.took = clock() - began
        return prepared

    def _decoded(self, camera: Camera, tasks: Sequence[Task], prepared: "Prepared | BridgeError") -> None:
        camera.decoding, picture = False, tasks[0].picture
        self._waiting.release(picture)
        if isinstance(prepared, Prepared) and prepared.inputs:
            self._decoders.costs.observe(self.owner.identity, picture.kind, picture.work, prepared.took)
        ready = []
        for task in tasks:
            disarm(task)
            if task.answered:
                continue
            task.before = clock() - task.arrival
            if isinstance(prepared, BridgeError):
                self._delivery.reject(task, prepared)
            else:
                task.decoding = prepared.took
                task.width, task.height = prepared.width, prepared.height
                task.inputs, task.prepared = prepared.inputs[task.kind]
                ready.append(task)
        self.submit(*ready)
        self._waiting.offer(camera)

    # -- jobs ----------------------------------------------------------------------------------------------------------

    def key(self, request: Task) -> Hashable:
        return self._stream.id, request.slot, request.kind

    def rungs(self, request: Task) -> tuple[Rung, ...]:
        rungs, request.inputs = request.inputs, ()  # the job has them from here on
        ladder = self._ladder(request)  # another one than before, if the model was reloaded meanwhile
        made = {rung.name: rung for rung in rungs}
        seen = request.camera.seen_for(request) is not None
        found = [
            made[spec.name] if spec.lane else Rung(spec.name)
            for spec in ladder
            if spec.name in made or (seen and not spec.lane)
        ]
        self._decoders.prepared.take(self.owner, request.prepared)
        return tuple(found)

    def settled(self, request: Task, outcome: Outcome) -> Outcome:
        """The answer may wait for long to be read. A job that is given up may still be under way: the engine's own
        stays as it is.
        """
        self._decoders.give_prepared(self.owner, request.prepared)
        if outcome.ending is Ending.ANSWERED:
            outcome.job.strip()
            return outcome
        job = copy(outcome.job)
        job.rungs, job.flight = tuple(rung._replace(input=None, make=None) for rung in job.rungs), None
        if request.job is outcome.job:
            request.job = job
        return outcome._replace(job=job)

    def take(self, request: Task, outcome: Outcome) -> None:
        if not request.without_device:
            self._read(request, outcome)
        elif (seen := request.camera.seen_for(request)) is not None:
            self._carry(request, outcome, seen)
        else:  # another picture was looked at meanwhile, and what that shows is no answer
            refused = outcome._replace(ending=Ending.REFUSED, cause=Cause.NO_RUNG_IN_TIME)
            self._delivery.unanswered(request, refused)

    # -- answers -------------------------------------------------------------------------------------------------------

    def _read(self, task: Task, outcome: Outcome) -> None:
        began = clock()

        def done(answers: Any) -> None:
            task.after = clock() - began
            if isinstance(answers, BridgeError):
                self.end(task, Ending.FAILED, str(answers), Cause.FAULT)
                return
            self._remember(task, outcome.value)
            self._answer(task, outcome, answers)

        processor = self._processors[task.kind]
        task.camera.rung[task.kind] = task.rung
        work = Work(lambda: processor.read(outcome.value, task.size, task.threshold, task.limit), done)
        self._decoders.answer(work, at_once=processor.reads_at_once)

    def _remember(self, task: Task, output: Any) -> None:
        seen = task.camera.seen.get(task.kind)
        if seen is None or seen.origin.index < task.index:
            before = seen.output if seen is not None and seen.origin.holds(task.origin) else None
            remembered = self._processors[task.kind].remember(output, task.arrival, before)
            task.camera.seen[task.kind] = Seen(task.origin, remembered)

    def _carry(self, task: Task, outcome: Outcome, seen: Seen) -> None:
        processor = self._processors[task.kind]
        answers = processor.carry(seen.output, task.arrival, task.size, task.threshold, task.limit)
        self._answer(task, outcome, answers, seen.origin)

    def _answer(self, task: Task, outcome: Outcome, answers: Sequence[Any], carried_from: Origin | None = None) -> None:
        newest_sent = task.camera.newest_sent
        if self.is_stale(task, task.index, newest_sent.get(task.kind, 0)):
            return
        newest_sent[task.kind] = task.index
        pack = partial(result, task, answers, carried_from, self._stream.session.minor)
        self._delivery.answer(task, outcome, lambda timing: [pack(timing)], key=(task.slot, task.kind))


def _enough(rungs: Iterable[RungSpec]) -> Size:
    """The pixels each way that all of them need of a picture."""
    widths, heights = zip(*(rung.enough for rung in rungs), strict=True)
    return max(widths), max(heights)


async def rehearse(backend: Backend) -> None:
    """Let each worker pay for what its first picture costs (40 ms, mostly for memory), before anybody waits for one."""
    everybody = threading.Barrier(backend.decoders.workers)
    rungs = [
        (backend.roster.processor(kind.model), rung.name)
        for kind in KINDS.values()
        for rung in backend.roster.standing(kind.model).entry.model.rungs
        if rung.lane is not None
    ]

    def work() -> None:
        with suppress(threading.BrokenBarrierError):  # the others were withdrawn: the server stops
            everybody.wait(_TOGETHER_SECONDS)  # so that it is not one worker who does it all
        file = png.encode(np.zeros((_REHEARSED, _REHEARSED, 4), np.uint8))
        image = media_pb2.Image(format=media_pb2.IMAGE_FORMAT_PNG, data=file)
        size = (_REHEARSED, _REHEARSED)
        seen = decode(picture_of(image, size, backend.limits), size, backend.limits)
        for processor, rung in rungs:
            processor.prepare(seen.pixels, processor.lane(rung, seen.width, seen.height))

    loop = asyncio.get_running_loop()
    workers = backend.decoders.workers
    await asyncio.gather(*(loop.run_in_executor(backend.decoders.pool, work) for _ in range(workers)))
