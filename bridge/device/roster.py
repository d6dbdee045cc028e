"""The models of a server and their state; loads, warms up and unloads them while the server serves.

Weights are read on a worker thread; warm-up runs on the device thread as background work between slices.
"""

import asyncio
import enum
import logging
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.config import Config
from bridge.device.calibration import Slicings
from bridge.device.catalog import Entry, RungSpec, imported
from bridge.device.checks import check_program, reason
from bridge.device.encoding import Encoding
from bridge.device.engine import Engine
from bridge.device.host import CALIBRATE, PROBE, Host
from bridge.device.reading import in_thread
from bridge.device.trace import Recorder
from bridge.errors import BridgeError, ModelFailed, ModelNotReady, UnknownModel
from bridge.policy.scheduler import Scheduler
from bridge.policy.work import Ending, Job, Outcome, Rung, Stage
from models.program import Program

log = logging.getLogger("framebridge.roster")

_UNLOAD_POLL_SECONDS = 0.01
_LONGEST_DETAIL = 120  # characters of a load failure's reason sent with a refused request
PATIENCE_SECONDS = 30.0  # until the next model is read although one is not done
_LONGEST_READ_SECONDS = 900.0
_LOADING_SECONDS = 1.0  # suggested retry delay while a model is loading
WAITING = "waiting for its turn"


class ModelState(enum.Enum):
    """The state of a model."""

    UNLOADED = "unloaded"
    LOADING = "loading"
    READY = "ready"
    UNLOADING = "unloading"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class Standing:
    """One model of the catalogue and its state. `progress` is WAITING, "loading" or "warming up" while LOADING."""

    entry: Entry
    state: ModelState = ModelState.UNLOADED
    program: Any = None  # the family's class; None until READY
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)  # one load or unload of it at a time
    ladder: tuple[RungSpec, ...] = ()  # the rungs that a READY model has lanes for, or that need none
    detail: str = ""
    progress: str = ""


class Roster:
    """The models of one server. Belongs to the event loop."""

    def __init__(
        self,
        host: Host,
        engine: Engine,
        config: Config,
        entries: Mapping[str, Entry],
        recorder: Recorder | None = None,
    ) -> None:
        self._host = host
        self._engine = engine
        self._config = config
        self._recorder = recorder
        self._encoding: Encoding | None = None
        self._reading = asyncio.Lock()  # one `load` at a time, unless one takes long
        self._lock = asyncio.Lock()  # one warm-up or unload at a time
        self._changes: set[asyncio.Task[None]] = set()  # loads and unloads; they survive a caller that is cancelled
        self._moved = asyncio.Event()
        self.on_unload: list[Callable[[str], None]] = []  # called first, to cancel the model's work
        self.revision = 0  # rises with every state change
        self.standings = {name: Standing(entry) for name, entry in entries.items()}

    async def open(self) -> None:
        """Open the lanes that need no model."""

        def lanes(scheduler: Scheduler) -> None:
            for name, cost in ((PROBE, 20e-6), (CALIBRATE, 2e-3)):
                self._open_lane(scheduler, name, "host", 1, {1: [cost]}, holds=False)

        await self._engine.call(lanes)

    def program(self, name: str) -> Any:
        """A model that is ready, else ModelNotReady."""
        standing = self.standing(name)
        if standing.state is not ModelState.READY:
            raise _not_ready(standing)
        return standing.program

    def ladder(self, name: str) -> tuple[RungSpec, ...]:
        """The rungs of a model that is ready, best first. ModelNotReady when it is not."""
        standing = self.standing(name)
        if standing.state is not ModelState.READY:
            raise _not_ready(standing)
        return standing.ladder

    def processor(self, name: str) -> Any:
        """What prepares a model's inputs and reads its outputs; the model need not be loaded."""
        return imported(self.standing(name).entry.model.processor)

    def standing(self, name: str) -> Standing:
        """A model's state. UnknownModel if there is no such name."""
        if name not in self.standings:
            raise UnknownModel(f"no model {name!r}; there are {', '.join(sorted(self.standings))}")
        return self.standings[name]

    async def changed(self, revision: int) -> None:
        """Wait for a change after `revision`."""
        while self.revision == revision:
            await self._moved.wait()

    def expect(self, names: Iterable[str]) -> None:
        """Announce models that will be loaded one after the other; they report WAITING until their turn."""
        for name in names:
            self._await_turn(self.standing(name))

    def forgo(self, names: Iterable[str]) -> None:
        """Take back the announcement of models still WAITING."""
        for name in names:
            if self.standings[name].progress == WAITING:
                self._move(self.standings[name], ModelState.UNLOADED)

    def _await_turn(self, standing: Standing) -> None:
        if standing.state in (ModelState.UNLOADED, ModelState.FAILED):
            self._move(standing, ModelState.LOADING, WAITING)

    def _move(
        self, standing: Standing, state: ModelState, progress: str = "", detail: str = "", program: Any = None
    ) -> None:
        """The only place that changes a model's state, so that watchers see every change."""
        standing.state, standing.progress, standing.detail, standing.program = state, progress, detail, program
        lanes = {lane.name for lane in program.lanes} if program is not None else set()
        rungs = standing.entry.model.rungs
        standing.ladder = tuple(rung for rung in rungs if rung.lane is None or rung.lane in lanes)
        self.revision += 1
        self._moved.set()
        self._moved = asyncio.Event()

    async def load(self, name: str) -> Standing:
        """Load and warm up a model. ModelFailed says why it fails. Cancelling the caller does not cancel the load."""
        standing = self.standing(name)
        await self._change(self._load(standing))
        return standing

    async def close(self) -> None:
        """Cancel loads and unloads in progress."""
        for change in self._changes:
            change.cancel()
        await asyncio.gather(*self._changes, return_exceptions=True)

    async def _change(self, change: Coroutine[Any, Any, None]) -> None:
        """Run a load or unload as a task independent of the caller, and wait for it."""
        task = asyncio.create_task(change, name="framebridge-model")
        self._changes.add(task)
        task.add_done_callback(self._changes.discard)
        task.add_done_callback(_retrieve)
        await asyncio.shield(task)

    async def _load(self, standing: Standing) -> None:
        self._await_turn(standing)
        async with standing.changing:
            if standing.state is ModelState.READY:
                return
            began = time.perf_counter()
            try:
                program = await self._read(standing)
                if not standing.entry.model.is_remote:
                    async with self._lock:
                        await self._start(standing, program)
            except BaseException as error:
                self._move(standing, ModelState.FAILED, detail=_detail(error))
                if not isinstance(error, Exception):
                    raise
                log.exception("model %s could not be loaded", standing.entry.name)
                raise ModelFailed(f"model {standing.entry.name!r} could not be loaded: {_detail(error)}") from error
            self._move(standing, ModelState.READY, program=program)
        log.info("model %s %s ready in %.1f s", program.name, program.version, time.perf_counter() - began)

    async def _read(self, standing: Standing) -> Program:
        """Read a model on a thread of its own. ModelFailed for one that takes longer than anybody waits."""

        def read() -> Program:
            with self._host.guard.loading(name):
                return standing.entry.model.read(self._host.device, self._config)

        name = standing.entry.name
        async with self._reading:
            self._move(standing, ModelState.LOADING, "loading")
            reading = in_thread(read, f"framebridge-load-{name}")
            await asyncio.wait({reading}, timeout=PATIENCE_SECONDS)
        if not reading.done():
            log.warning("model %s is still loading after %g s; others go first", name, PATIENCE_SECONDS)
        try:
            return await asyncio.wait_for(reading, _LONGEST_READ_SECONDS - PATIENCE_SECONDS)
        except TimeoutError as error:
            if reading.done() and not reading.cancelled():
                raise  # its own
            raise ModelFailed(
                f"its load has not returned after {_LONGEST_READ_SECONDS:g} s; see what it waits for, and restart the "
                "server"
            ) from error

    async def _start(self, standing: Standing, program: Program) -> None:
        """Warm up a model that has been read, and open its lanes. Frees it on failure."""
        model = standing.entry.model
        try:
            check_program(program, model.name, model.inputs if model.is_own else None)
            self._host.check_room(program)
            self._move(standing, ModelState.LOADING, "warming up")
            if standing.entry.model.makes_textures:
                await self._open_encoders()
            slicings = await self._warm_up(program)
            await self._engine.call(
                lambda scheduler: self._install(scheduler, program, slicings, standing.entry.model.holds)
            )
        except Exception:
            await self._engine.call(lambda scheduler: self._host.free(program))
            raise

    async def _open_encoders(self) -> None:
        """Open the texture encoders' lanes, with the first model that makes textures."""
        if self._encoding is not None:
            return
        encoding = Encoding(self._host.device)
        slicings = await self._warm_up(encoding)
        await self._engine.call(lambda scheduler: self._install(scheduler, encoding, slicings, False, Stage.ENCODE))
        self._encoding = encoding

    async def unload(self, name: str) -> Standing:
        """Unload a model once its running work is done; later requests are refused. Cancelling the caller does not
        cancel the unload.
        """
        standing = self.standing(name)
        await self._change(self._unload(standing))
        return standing

    async def _unload(self, standing: Standing) -> None:
        async with standing.changing, self._lock:
            if standing.state is ModelState.READY:
                self._move(standing, ModelState.UNLOADING, program=standing.program)
                for withdraw in self.on_unload:
                    withdraw(standing.entry.name)
                await self._drain(standing.program)
                log.info("model %s unloaded", standing.entry.name)
            self._move(standing, ModelState.UNLOADED)

    async def _drain(self, program: Program) -> None:
        names = [lane.name for lane in program.lanes]

        def drain(scheduler: Scheduler) -> None:
            for name in names:
                scheduler.drain_lane(name)

        def remove(scheduler: Scheduler) -> bool:
            if not all(scheduler.lanes[name].idle for name in names):
                return False
            for name in names:
                scheduler.remove_lane(name)
            self._host.remove(program)
            return True

        await self._engine.call(drain)
        while True:
            if await self._engine.call(remove):
                return
            await asyncio.sleep(_UNLOAD_POLL_SECONDS)

    def _install(
        self, scheduler: Scheduler, program: Program, slicings: Slicings, holds: bool, stage: Stage = Stage.COMPUTE
    ) -> None:
        taken = sorted({lane.name for lane in program.lanes} & scheduler.lanes.keys())
        if taken:
            raise ModelFailed(f"its lane {taken[0]!r} is open for another model; give it another name")
        self._host.install(program, slicings)
        for lane in program.lanes:
            warm = {batch: list(slicing.seconds) for (name, batch), slicing in slicings.items() if name == lane.name}
            self._open_lane(scheduler, lane.name, program.name, max(warm), warm, holds=holds, stage=stage)

    def _open_lane(
        self,
        scheduler: Scheduler,
        name: str,
        model: str,
        cap: int,
        warm: dict[int, list[float]],
        *,
        holds: bool,
        stage: Stage = Stage.COMPUTE,
    ) -> None:
        for batch, slices in warm.items():
            scheduler.latency.warm(name, batch, slices)
        scheduler.add_lane(name, cap, holds=holds, stage=stage, model=model)
        if self._recorder is not None:
            self._recorder.lane(time.perf_counter(), name, cap, holds, warm, stage)

    async def _warm_up(self, program: Program) -> Slicings:
        done: asyncio.Future[Slicings] = asyncio.get_running_loop().create_future()
        job = Job(
            id=self._engine.next_id(),
            client="host",
            work="warm-up",
            arrival=time.perf_counter(),
            rungs=(Rung(CALIBRATE, CALIBRATE, self._host.calibration(program)),),
            soft=True,
            pace=self._config.warm_up_pace,
        )
        self._engine.submit(job, _resolve(done))
        return await done


def _not_ready(standing: Standing) -> ModelNotReady:
    """Why a model does not answer, in a sentence fit for the clients' players too.

    Constant while its state does not change, since the sentence goes with every refused request.
    """
    model = f"model {standing.entry.name!r}"
    match standing.state:
        case ModelState.LOADING:
            return ModelNotReady(
                f"{model} is still loading ({standing.progress}); it comes by itself", _LOADING_SECONDS
            )
        case ModelState.FAILED:
            why = standing.detail.partition("\n")[0][:_LONGEST_DETAIL]
            return ModelNotReady(f"{model} could not be loaded ({why}); mend that and load it again with LoadModel")
        case ModelState.UNLOADING:
            return ModelNotReady(f"{model} is being unloaded; load it again with LoadModel")
        case _:
            name = standing.entry.name
            return ModelNotReady(
                f"{model} is not loaded; load it with LoadModel, `framebridge models load {name}` or "
                "`framebridge serve --models`"
            )


def _detail(error: BaseException) -> str:
    """Why a model could not be loaded. An error that somebody phrased for this speaks for itself."""
    phrased = isinstance(error, BridgeError | MemoryError | OSError | ValueError)
    return str(error) if phrased and str(error) else reason(error)


def _retrieve(task: asyncio.Task[None]) -> None:
    """Retrieve a task's exception: its caller may have been cancelled."""
    if not task.cancelled():
        task.exception()


def _resolve(done: asyncio.Future[Slicings]) -> Callable[[Outcome], None]:
    def hear(outcome: Outcome) -> None:
        if outcome.ending is Ending.PARTIAL or done.done():
            return
        if outcome.ending is Ending.ANSWERED:
            done.set_result(outcome.value)
        else:
            why = reason(outcome.value) if isinstance(outcome.value, BaseException) else outcome.cause
            done.set_exception(ModelFailed(f"warm-up ended {outcome.ending.value}: {why}"))

    return hear
