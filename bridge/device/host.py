"""Models on a device: which are installed, and flights as rows of their runs.

Installing and removing belong to the device thread, as do `begin` and all that it returns. Knows torch and the models;
knows nothing of deadlines, clients or gRPC.
"""

from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch

from bridge.device.calibration import Calibration, Plans
from bridge.errors import ModelFailed, OutOfDeviceMemory
from bridge.policy.work import Continues, Execution, Flight
from models.program import Program, Unfinished

CALIBRATE = "host.calibrate"
PROBE = "host.probe"

_CPU_MEMORY = "DefaultCPUAllocator"  # torch raises a plain RuntimeError where the processor's memory runs out

_ENDED = object()  # what a run gives that has no stage left

Wait = Callable[[], None]


def choose_device(wanted: str) -> torch.device:
    """The device for "auto" (CUDA where there is one), "cpu", "cuda" or "cuda:N". ValueError when it is not there."""
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(wanted)
    if device.type not in ("cpu", "cuda"):
        raise ValueError(f"device {wanted!r} is not known; use auto, cpu, cuda or cuda:N")
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError("no CUDA device can be used; install the CUDA build of torch, or use --device cpu")
    return device


def device_name(device: torch.device) -> str:
    """What people call it."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"


class Host:
    """A device and the models on it; the engine's `Device`. CUDA takes one slice ahead, the processor none."""

    def __init__(self, device: torch.device, *, slice_target: float, memory_limit_bytes: int | None = None) -> None:
        self.device = device
        self.depth = 2 if device.type == "cuda" else 1
        self.slice_target = slice_target
        self._lanes: dict[str, Program] = {}
        self._plans: Plans = {}
        self._memory_limit = memory_limit_bytes
        if device.type == "cuda" and memory_limit_bytes is not None:
            total = torch.cuda.get_device_properties(device).total_memory
            torch.cuda.set_per_process_memory_fraction(min(1.0, memory_limit_bytes / total), device)

    def entered(self) -> AbstractContextManager[object]:
        """Inference mode, once for the device thread; one torch thread, since it shares the processor with the loop."""
        if self.device.type == "cpu":
            torch.set_num_threads(1)
        return torch.inference_mode()

    def synchronize(self) -> None:
        """Wait until the device has done what it was given."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def mark(self) -> Wait:
        """How to wait for all that the device has been given so far, and for nothing that follows."""
        if self.device.type != "cuda":
            return _done
        event = torch.cuda.Event()
        event.record()
        return event.synchronize

    def check_room(self, program: Program) -> None:
        """MemoryError when a model, beside those that are installed, holds more than the host may use."""
        held = sum(installed.resident_bytes for installed in set(self._lanes.values()))
        if self._memory_limit is not None and held + program.resident_bytes > self._memory_limit:
            raise MemoryError(
                f"it holds {_mib(program.resident_bytes)}, and {_mib(held)} of {_mib(self._memory_limit)} are taken; "
                "unload another model, raise --memory-limit-mib, or lower --dialogue-slots"
            )

    def calibration(self, program: Program) -> Calibration:
        """The warm-up of a model, to be run as flights of the calibration lane."""
        return Calibration(program, self.slice_target, self.synchronize)

    def install(self, program: Program, plans: Plans) -> None:
        """Open a warmed-up model's lanes."""
        for lane in program.lanes:
            self._lanes[lane.name] = program
        self._plans.update(plans)

    def remove(self, program: Program) -> None:
        """Close a model's lanes and free what it holds."""
        for lane in program.lanes:
            del self._lanes[lane.name]
            for key in [key for key in self._plans if key[0] == lane.name]:
                del self._plans[key]
        program.close()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def begin(self, flight: Flight) -> Execution:
        """Start a flight on its lane's model."""
        rows = [job.row for job in flight.jobs]
        if flight.lane == PROBE:
            return _Empty(len(rows))
        if flight.lane == CALIBRATE:
            return _WarmUp(rows[0])
        run = self._lanes[flight.lane].start(flight.lane, rows)
        return _Flying(self, flight.lane, run, self._plans[flight.lane, flight.batch].cuts)


def _done() -> None:
    """Nothing to wait for."""


def _mib(number: int) -> str:
    return f"{number / 2**20:,.0f} MiB"


class _Flying:
    """A batch under way on a model."""

    def __init__(self, host: Host, lane: str, run: Generator[None, None, Sequence[Any]], cuts: tuple[int, ...]) -> None:
        self._host = host
        self._lane = lane
        self._run = run
        self._cuts = deque(cuts)
        self._launched: deque[tuple[Wait, bool]] = deque()  # for each slice: how to wait for it, whether it is the last

    def launch(self) -> None:
        with _naming_memory:
            for _ in range(self._cuts.popleft()):
                if next(self._run, _ENDED) is _ENDED:
                    raise ModelFailed(f"{self._lane} ended before its last stage")
        self._launched.append((self._host.mark(), not self._cuts))

    def finish(self) -> Sequence[Any] | None:
        wait, last = self._launched.popleft()
        with _naming_memory:
            wait()
            return self._outputs() if last else None

    def _outputs(self) -> Sequence[Any]:
        try:
            while True:
                next(self._run)
        except StopIteration as stop:
            return [_output(row) for row in stop.value]

    def close(self) -> None:
        self._run.close()


class _NamingMemory:
    """Calls what ran out of memory by our own name. A class, because it is entered twice a slice."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, torch.cuda.OutOfMemoryError):
            torch.cuda.empty_cache()
            raise OutOfDeviceMemory(str(error)) from error
        if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and _CPU_MEMORY in str(error)):
            raise OutOfDeviceMemory("the host's memory ran out") from error


_naming_memory = _NamingMemory()


class _WarmUp:
    """One stage of a calibration; the job goes on until the calibration is complete."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration
        self._complete = False

    def launch(self) -> None:
        self._complete = self._calibration.advance()

    def finish(self) -> Sequence[Any] | None:
        return [self._calibration.plans if self._complete else Continues(None, CALIBRATE)]

    def close(self) -> None:
        pass


class _Empty:
    """A flight that does nothing, to measure the way there and back."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def launch(self) -> None:
        pass

    def finish(self) -> Sequence[Any] | None:
        return [None] * self._rows

    def close(self) -> None:
        pass


def _output(row: Any) -> Any:
    return Continues(row.output, row.lane, row.prepares) if isinstance(row, Unfinished) else row
