"""The tasks of one recognition stream: decode the picture off the event loop, run the jobs, send the answers.

A queued picture costs only its bytes, which are counted. A task whose picture can no longer be decoded in time is
answered at that moment, from the last output or with a refusal, without waiting for a worker.
"""

import asyncio
import threading
from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bridge.capabilities.recognition.camera import Camera, Task
from bridge.capabilities.recognition.following import follow
from bridge.capabilities.recognition.inputs import device_rungs, fitting
from bridge.capabilities.recognition.kinds import KINDS, processor_of
from bridge.capabilities.recognition.last_output import LastOutput, Origin
from bridge.capabilities.recognition.results import result
from bridge.capabilities.recognition.waiting import Waiting, disarm
from bridge.codecs import png
from bridge.device.catalog import RungSpec
from bridge.device.roster import ModelState
from bridge.errors import BridgeError
from bridge.pictures.decoders import Work
from bridge.pictures.picture import Picture, Size, decode, picture_of
from bridge.policy.work import Cause, Ending, Outcome, Rung, Stage
from bridge.streams.answering import Answering
from bridge.streams.backend import Backend
from bridge.streams.stream import Stream
from bridge.v1 import media_pb2
from bridge.wire.handlers import Wire
from bridge.wire.request import Fallback, clock

_WARM_UP_SIDE = 1024  # pixels
_BARRIER_SECONDS = 10.0  # for all workers to start


@dataclass(slots=True)
class Prepared:
    """A decoded picture as inputs for its tasks' lanes."""

    width: int = 0
    height: int = 0
    took: float = 0.0  # worker seconds
    inputs: dict[int, tuple[tuple[Rung, ...], int]] = field(
        default_factory=dict
    )  # by kind: rungs, and the bytes they hold


class Tasks(Answering[Task]):
    """All tasks of one stream."""

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream)
        self._decoders = self._backend.decoders
        self._enough: dict[tuple[int, ...], Size] = {}  # by combination of kinds
        self._waiting = Waiting(stream, self._begin, self._time_out)
        self.owner = self._waiting.owner

    def ask(self, camera: Camera, tasks: Sequence[Task]) -> None:
        """Accept tasks. Each supersedes a queued one of its kind."""
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

    def predict(self, camera: Camera, task: Task) -> None:
        """Answer a task on a frame without a picture from the camera's tracks, at once."""
        self._delivery.owe(task)
        if not self._admitted(task):
            return
        if (latest := camera.last_outputs.get(task.kind)) is not None:
            task.width, task.height = latest.origin.size
        if (last := camera.reusable_output(task)) is None:
            sentence = "no picture of the last second was recognised to predict tracks from; send one with the frame"
            self.end(task, Ending.REFUSED, sentence, Cause.NO_RUNG_IN_TIME)
            return
        task.fallback = _without_device(self._backend.roster.ladder(KINDS[task.kind].model))
        self._carry(task, clock(), last)

    def close_camera(self, camera: Camera) -> None:
        """Cancel the outstanding tasks of a camera."""
        self._waiting.drop(camera)
        owed = [task for task in self._delivery.owed if isinstance(task, Task) and task.camera is camera]
        self.withdraw(owed, "its camera was closed")

    def close_all(self, cameras: Iterable[Camera]) -> None:
        """Cancel everything: the stream has ended."""
        for camera in cameras:
            self._waiting.drop(camera)
        self.close()

    def cancel(self, request: Task) -> None:
        disarm(request)
        super().cancel(request)

    # -- admission -----------------------------------------------------------------------------------------------------

    def enough(self, kinds: Sequence[int]) -> Size:
        """The resolution that tasks of these kinds need of a picture."""
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

    # -- timeouts ------------------------------------------------------------------------------------------------------

    def _time_out(self, camera: Camera, task: Task) -> None:
        """Answer from the last output if possible, else refuse."""
        now = clock()
        task.before, task.behind = now - task.arrival, self._decoders.waited_behind(camera.ticket)
        task.decoding = now - task.began if task.began else 0.0
        sentence = "" if task.began else self._decodes_too_long(task)
        try:
            ladder = self._ladder(task)
        except BridgeError as error:  # the model was unloaded meanwhile
            self._delivery.reject(task, error)
            return
        carried = _without_device(ladder)
        task.width, task.height = task.picture.size
        last = camera.reusable_output(task)
        if carried is not None and last is not None and now < task.due:
            task.fallback = carried
            self._carry(task, now, last)
        else:
            self._refuse(task, sentence)

    def _decodes_too_long(self, task: Task) -> str:
        """The message for a picture that times out without a wait: decoding alone is estimated to take too long."""
        least = self._waiting.least(task.picture)
        if task.before > least:
            return ""
        task.before = task.behind = 0.0
        self._decoders.costs.relax(self.owner.identity, task.picture.kind)
        left = task.terms.server_budget
        return (
            f"decoding the picture takes at least {least * 1e3:.1f} ms, and its budget leaves {left * 1e3:.1f} ms; "
            "send a smaller one, or raise the budget"
        )

    def _refuse(self, task: Task, sentence: str) -> None:
        due = task.due - self._backend.delivery_times[task.work].seconds
        stage = Stage.DECODE if due > task.arrival else Stage.TRANSPORT
        self.end(task, Ending.REFUSED, sentence if stage is Stage.DECODE else "", Cause.NO_RUNG_IN_TIME, stage)

    def _ladder(self, task: Task) -> tuple[RungSpec, ...]:
        specs = fitting(self._backend.roster.ladder(KINDS[task.kind].model), task.limit)
        return specs[:1] if task.terms.best_only else specs

    # -- decoding ------------------------------------------------------------------------------------------------------

    def _begin(self, camera: Camera) -> Work | None:
        """The next work for a free worker; None if no task can be in time."""
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
        """The device rungs of a task whose picture a worker takes now; none if it is too late."""
        disarm(task)
        try:
            rungs = tuple(spec for spec in self._ladder(task) if spec.lane is not None)
        except BridgeError as error:  # the model was unloaded meanwhile
            self._delivery.reject(task, error)
            return ()
        if self._waiting.latest(task) <= now:
            self._time_out(camera, task)
            return ()
        task.behind = camera.ticket.behind
        self._waiting.start(camera, task, now)
        return rungs

    def _prepare(
        self, picture: Picture, tasks: Sequence[Task], ladders: Mapping[int, tuple[RungSpec, ...]]
    ) -> Prepared:
        """Decode a picture and prepare its inputs. Runs on a worker thread."""
        if all(task.answered for task in tasks):
            return Prepared()  # the camera was closed meanwhile
        began = clock()
        enough = _enough(spec for specs in ladders.values() for spec in specs)
        decoded = decode(picture, enough, self._backend.limits)
        prepared = Prepared(decoded.width, decoded.height)
        for kind, specs in ladders.items():
            likely = tasks[0].camera.rung.get(kind, "")
            prepared.inputs[kind] = device_rungs(specs, processor_of(kind, self._backend.roster), decoded, likely)
        for task in tasks:
            if task.by_appearance and task.kind in prepared.inputs:
                task.colours = processor_of(task.kind, self._backend.roster).colours(decoded.pixels)
                rungs, held = prepared.inputs[task.kind]
                prepared.inputs[task.kind] = rungs, held + task.colours.nbytes
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
        rungs, request.inputs = request.inputs, ()  # moved to the job
        ladder = self._ladder(request)  # may have changed if the model was reloaded meanwhile
        made = {rung.name: rung for rung in rungs}
        reusable = request.camera.reusable_output(request) is not None
        found = [
            made[spec.name] if spec.lane else Rung(spec.name)
            for spec in ladder
            if spec.name in made or (reusable and not spec.lane)
        ]
        self._decoders.prepared.take(self.owner, request.prepared)
        return tuple(found)

    def settled(self, request: Task, outcome: Outcome) -> Outcome:
        self._decoders.give_prepared(self.owner, request.prepared)
        return self.stripped(request, outcome)

    def take(self, request: Task, outcome: Outcome) -> None:
        if not request.without_device:
            self._read(request, outcome)
        elif (last := request.camera.reusable_output(request)) is not None:
            self._carry(request, outcome.at, last)
        else:  # the last output has changed meanwhile, and no longer applies
            self.end(request, Ending.REFUSED, cause=Cause.NO_RUNG_IN_TIME)

    # -- answers -------------------------------------------------------------------------------------------------------

    def _read(self, task: Task, outcome: Outcome) -> None:
        began = clock()

        def done(answers: Any) -> None:
            task.after = clock() - began
            if isinstance(answers, BridgeError):
                self.end(task, Ending.FAILED, str(answers), Cause.FAULT)
                return
            if not KINDS[task.kind].follows:
                self._remember(task, outcome.value)
            self._answer(task, outcome.at, answers)

        def read() -> Any:
            if KINDS[task.kind].follows:
                return follow(processor, task, outcome.value)
            return processor.read(outcome.value, task.size, task.threshold, task.limit)

        processor = processor_of(task.kind, self._backend.roster)
        task.camera.rung[task.kind] = task.rung
        work = Work(read, done)
        self._decoders.answer(work, at_once=processor.reads_at_once)

    def _remember(self, task: Task, output: Any) -> None:
        last = task.camera.last_outputs.get(task.kind)
        if last is None or last.origin.index < task.index:
            before = last.output if last is not None and last.origin.applies_to(task.origin) else None
            remembered = processor_of(task.kind, self._backend.roster).remember(output, task.arrival, before)
            task.camera.last_outputs[task.kind] = LastOutput(task.origin, remembered)

    def _carry(self, task: Task, at: float, last: LastOutput) -> None:
        processor = processor_of(task.kind, self._backend.roster)
        answers = processor.carry(last.output, task.arrival, task.size, task.threshold, task.limit)
        self._answer(task, at, answers, last.origin)

    def _answer(self, task: Task, at: float, answers: Sequence[Any], carried_from: Origin | None = None) -> None:
        newest_sent = task.camera.newest_sent
        if self.is_stale(task, task.index, newest_sent.get(task.kind, 0)):
            return
        newest_sent[task.kind] = task.index
        minor = self._stream.session.minor

        def pack(now: float) -> list[Wire]:
            return [result(task, answers, carried_from, minor, task.timing(now))]

        self._delivery.answer(task, at, pack, key=(task.slot, task.kind))


def _without_device(ladder: Sequence[RungSpec]) -> Fallback | None:
    """The rung of a ladder that needs no device."""
    return next((Fallback(rung.name, place) for place, rung in enumerate(ladder) if rung.lane is None), None)


def _enough(rungs: Iterable[RungSpec]) -> Size:
    """The resolution that all rungs need of a picture."""
    widths, heights = zip(*(rung.enough for rung in rungs), strict=True)
    return max(widths), max(heights)


async def warm_up_workers(backend: Backend) -> None:
    """Warm up every decode worker: its first picture takes 40 ms longer, mostly for memory. Inputs of models that are
    not loaded are left out.
    """
    started = threading.Barrier(backend.decoders.workers)
    rungs = [
        (processor_of(number, backend.roster), rung.name)
        for number, kind in KINDS.items()
        if not kind.part  # its rungs are those of another kind
        if backend.roster.standing(kind.model).state is ModelState.READY
        for rung in backend.roster.ladder(kind.model)
        if rung.lane is not None
    ]

    def work() -> None:
        with suppress(threading.BrokenBarrierError):  # the others were cancelled: the server is stopping
            started.wait(_BARRIER_SECONDS)  # one picture for each worker
        file = png.encode(np.zeros((_WARM_UP_SIDE, _WARM_UP_SIDE, 4), np.uint8))
        image = media_pb2.Image(format=media_pb2.IMAGE_FORMAT_PNG, data=file)
        size = (_WARM_UP_SIDE, _WARM_UP_SIDE)
        decoded = decode(picture_of(image, size, backend.limits), size, backend.limits)
        for processor, rung in rungs:
            processor.prepare(decoded.pixels, processor.lane(rung, decoded.width, decoded.height))

    loop = asyncio.get_running_loop()
    workers = backend.decoders.workers
    await asyncio.gather(*(loop.run_in_executor(backend.decoders.pool, work) for _ in range(workers)))
