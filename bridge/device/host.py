"""The models on the device: installs and removes them, and runs flights as batches of their rows.

Installing, removing, `begin` and all that it returns belong to the device thread. Knows torch and the models; knows
nothing of deadlines, clients or gRPC.
"""

import contextlib
import logging
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

import torch

from bridge.device.calibration import Calibration, Slicings
from bridge.device.checks import answer_error, check_answers, outputs_of, reason, started
from bridge.device.torch_guard import TorchGuard
from bridge.errors import BridgeError, ModelFailed, OutOfDeviceMemory
from bridge.policy.work import Continues, Execution, Flight
from models.program import Program, Unfinished

log = logging.getLogger("framebridge.host")

CALIBRATE = "host.calibrate"
PROBE = "host.probe"

_CPU_MEMORY = "DefaultCPUAllocator"  # in the plain RuntimeError that torch raises if CPU memory runs out

_ENDED = object()  # marks a run with no stage left
_MOST_MORE_STAGES = 1000  # of a run that goes on beyond those it declares

Wait = Callable[[], None]


def choose_device(wanted: str) -> torch.device:
    """The device for "auto" (CUDA if available), "cpu", "cuda" or "cuda:N". ValueError if it is unavailable."""
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(wanted)
    if device.type not in ("cpu", "cuda"):
        raise ValueError(f"unknown device {wanted!r}; use auto, cpu, cuda or cuda:N")
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError("no usable CUDA device; install the CUDA build of torch, or use --device cpu")
    return device


def device_name(device: torch.device) -> str:
    """The device's product name."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"


class Host:
    """A device and the models on it; the engine's `Device`. CUDA takes one slice ahead, the CPU none."""

    def __init__(self, device: torch.device, *, slice_target: float, memory_limit_bytes: int | None = None) -> None:
        self.device = device
        self.depth = 2 if device.type == "cuda" else 1
        self.slice_target = slice_target
        self.guard = TorchGuard()
        self._lanes: dict[str, Program] = {}
        self._errors: dict[str, _Errors] = {}  # by lane
        self._slicings: Slicings = {}
        self._memory_limit = memory_limit_bytes
        if device.type == "cuda" and memory_limit_bytes is not None:
            total = torch.cuda.get_device_properties(device).total_memory
            torch.cuda.set_per_process_memory_fraction(min(1.0, memory_limit_bytes / total), device)

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Inference mode, entered once by the device thread; one torch thread, since the CPU is shared with the event
        loop.
        """
        if self.device.type == "cpu":
            torch.set_num_threads(1)
        with torch.inference_mode():
            self.guard.enter()
            yield

    def synchronize(self) -> None:
        """Wait until the device has finished all work submitted so far."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def mark(self) -> Wait:
        """A function that waits for all work submitted so far, and for none that follows."""
        if self.device.type != "cuda":
            return _done
        event = torch.cuda.Event()
        event.record()
        return event.synchronize

    def check_room(self, program: Program) -> None:
        """MemoryError if a model does not fit beside those installed."""
        held = sum(installed.resident_bytes for installed in set(self._lanes.values()))
        if self._memory_limit is not None and held + program.resident_bytes > self._memory_limit:
            raise MemoryError(
                f"it holds {_mib(program.resident_bytes)}, and {_mib(held)} of {_mib(self._memory_limit)} are in use; "
                "unload another model, raise --memory-limit-mib, or lower --dialogue-slots"
            )

    def calibration(self, program: Program) -> Calibration:
        """A model's warm-up, run as flights of the calibration lane."""
        return Calibration(program, self.slice_target, self.synchronize, self.guard)

    def install(self, program: Program, slicings: Slicings) -> None:
        """Open a warmed-up model's lanes."""
        errors = _Errors(program)
        for lane in program.lanes:
            self._lanes[lane.name], self._errors[lane.name] = program, errors
        self._slicings.update(slicings)

    def remove(self, program: Program) -> None:
        """Close a model's lanes and free its memory."""
        for lane in program.lanes:
            del self._lanes[lane.name], self._errors[lane.name]
            for key in [key for key in self._slicings if key[0] == lane.name]:
                del self._slicings[key]
        self.free(program)

    def free(self, program: Program) -> None:
        """Free a model's memory. One that fails to is forgotten all the same."""
        name = getattr(program, "name", "")
        try:
            getattr(program, "close", _done)()
        except BaseException:
            log.exception("model %s failed to close, so that some of its memory may stay; mend `close`", name)
        self.guard.put_back(name)
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def begin(self, flight: Flight) -> Execution:
        """Start a flight on its lane's model."""
        rows = [job.row for job in flight.jobs]
        if flight.lane == PROBE:
            return _Empty(len(rows))
        if flight.lane == CALIBRATE:
            return _WarmUp(rows[0])
        program, errors = self._lanes[flight.lane], self._errors[flight.lane]
        try:
            run = started(program, flight.lane, rows)
        except BaseException as error:
            errors.translate(error)
            raise
        return _Flying(self, program, flight.lane, run, self._slicings[flight.lane, flight.batch].cuts, errors)


def _done() -> None:
    """Nothing to wait for."""


def _mib(number: int) -> str:
    return f"{number / 2**20:,.0f} MiB"


class _Flying:
    """A batch in flight on a model."""

    def __init__(
        self,
        host: Host,
        program: Program,
        lane: str,
        run: Generator[None, None, Sequence[Any]],
        cuts: tuple[int, ...],
        errors: "_Errors",
    ) -> None:
        self._host = host
        self._program = program
        self._lane = lane
        self._run = run
        self._errors = errors
        self._cuts = deque(cuts)
        self._launched: deque[tuple[Wait, bool]] = deque()  # per slice: how to wait for it, whether it is the last

    def launch(self) -> None:
        try:
            for _ in range(self._cuts.popleft()):
                if next(self._run, _ENDED) is _ENDED:
                    raise ModelFailed(f"{self._lane} ended before its last stage; yield after each that it declares")
            if self._cuts and self._errors.own:  # ours are tested to leave torch's state alone
                self._host.guard.check_suspended(self._lane, self._run)
        except BaseException as error:
            self._errors.translate(error)
            raise
        self._launched.append((self._host.mark(), not self._cuts))

    def finish(self) -> Sequence[Any] | None:
        wait, last = self._launched.popleft()
        try:
            wait()
            return self._outputs() if last else None
        except BaseException as error:
            self._errors.translate(error)
            raise

    def _outputs(self) -> Sequence[Any]:
        try:
            for _ in range(_MOST_MORE_STAGES):
                next(self._run)
        except StopIteration as stop:
            check_answers(self._program, self._lane, stop.value)
            return self._answers(stop.value) if self._errors.own else [_continued(row) for row in stop.value]
        raise ModelFailed(f"{self._lane} does not end; return after the stages that it declares")

    def _answers(self, rows: Sequence[Any]) -> list[Any]:
        """One for each row. Where all are wrong, one may be the cause: the flight fails, each is retried alone."""
        wrong = [answer_error(self._program, self._lane, row) for row in rows]
        if wrong and all(wrong) and wrong[0] is not None:
            raise wrong[0]
        return [error or self._output(row) for row, error in zip(rows, wrong, strict=True)]

    def _output(self, row: Any) -> Any:
        return self._errors.named(row) if isinstance(row, Exception) else _continued(row)

    def close(self) -> None:
        try:
            self._run.close()
        except BaseException as error:
            self._errors.translate(error)
            raise
        finally:
            if self._errors.own:
                self._host.guard.put_back(self._program.name)


def _continued(row: Any) -> Any:
    return Continues(row.output, row.lane, row.prepares) if isinstance(row, Unfinished) else row


class _Errors:
    """Raises what a model raises as what the server knows: torch's and Python's own errors of memory as
    OutOfDeviceMemory, what would end the thread as ModelFailed, and what a model that is not ours raises as ModelFailed
    with its name.
    """

    def __init__(self, program: Program) -> None:
        self._name = program.name
        self.own = bool(outputs_of(program))  # not one of ours

    def translate(self, error: BaseException) -> None:
        """Raise what the server knows in place of an error, unless it is known already."""
        if isinstance(error, torch.cuda.OutOfMemoryError):
            torch.cuda.empty_cache()
            raise OutOfDeviceMemory(str(error)) from error
        if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and _CPU_MEMORY in str(error)):
            raise OutOfDeviceMemory("out of host memory") from error
        if (named := self.named(error)) is not error:
            raise named from error

    def named(self, error: BaseException) -> BaseException:
        """An error that names the model; our own models' stay as they are."""
        if isinstance(error, BridgeError) or (isinstance(error, Exception) and not self.own):
            return error
        return ModelFailed(
            f"model {self._name!r} failed on this request ({reason(error)}); change it, or mend the model"
        )


class _WarmUp:
    """One stage of a calibration; the job continues until the calibration is complete."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration
        self._errors = _Errors(calibration.program)
        self._complete = False

    def launch(self) -> None:
        try:
            self._complete = self._calibration.advance()
        except BaseException as error:
            self._errors.translate(error)
            raise

    def finish(self) -> Sequence[Any] | None:
        return [self._calibration.slicings if self._complete else Continues(None, CALIBRATE)]

    def close(self) -> None:
        pass


class _Empty:
    """An empty flight, to measure the round trip through the scheduler."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def launch(self) -> None:
        pass

    def finish(self) -> Sequence[Any] | None:
        return [None] * self._rows

    def close(self) -> None:
        pass
