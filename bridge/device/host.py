"""The models on the device: installs and removes them, and runs flights as batches of their rows.

Installing, removing, `begin` and all that it returns belong to the device thread. Knows torch and the models; knows
nothing of deadlines, clients or gRPC.
"""

from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch

from bridge.device.calibration import Calibration, Slicings
from bridge.errors import ModelFailed, OutOfDeviceMemory
from bridge.policy.work import Continues, Execution, Flight
from models.program import Program, Unfinished

CALIBRATE = "host.calibrate"
PROBE = "host.probe"

_CPU_MEMORY = "DefaultCPUAllocator"  # in the plain RuntimeError that torch raises if CPU memory runs out

_ENDED = object()  # marks a run with no stage left

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
        self._lanes: dict[str, Program] = {}
        self._slicings: Slicings = {}
        self._memory_limit = memory_limit_bytes
        if device.type == "cuda" and memory_limit_bytes is not None:
            total = torch.cuda.get_device_properties(device).total_memory
            torch.cuda.set_per_process_memory_fraction(min(1.0, memory_limit_bytes / total), device)

    def entered(self) -> AbstractContextManager[object]:
        """Inference mode, entered once by the device thread; one torch thread, since the CPU is shared with the event
        loop.
        """
        if self.device.type == "cpu":
            torch.set_num_threads(1)
        return torch.inference_mode()

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
        return Calibration(program, self.slice_target, self.synchronize)

    def install(self, program: Program, slicings: Slicings) -> None:
        """Open a warmed-up model's lanes."""
        for lane in program.lanes:
            self._lanes[lane.name] = program
        self._slicings.update(slicings)

    def remove(self, program: Program) -> None:
        """Close a model's lanes and free its memory."""
        for lane in program.lanes:
            del self._lanes[lane.name]
            for key in [key for key in self._slicings if key[0] == lane.name]:
                del self._slicings[key]
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
        return _Flying(self, flight.lane, run, self._slicings[flight.lane, flight.batch].cuts)


def _done() -> None:
    """Nothing to wait for."""


def _mib(number: int) -> str:
    return f"{number / 2**20:,.0f} MiB"


class _Flying:
    """A batch in flight on a model."""

    def __init__(self, host: Host, lane: str, run: Generator[None, None, Sequence[Any]], cuts: tuple[int, ...]) -> None:
        self._host = host
        self._lane = lane
        self._run = run
        self._cuts = deque(cuts)
        self._launched: deque[tuple[Wait, bool]] = deque()  # per slice: how to wait for it, whether it is the last

    def launch(self) -> None:
        with _map_memory_errors:
            for _ in range(self._cuts.popleft()):
                if next(self._run, _ENDED) is _ENDED:
                    raise ModelFailed(f"{self._lane} ended before its last stage")
        self._launched.append((self._host.mark(), not self._cuts))

    def finish(self) -> Sequence[Any] | None:
        wait, last = self._launched.popleft()
        with _map_memory_errors:
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


class _MapMemoryErrors:
    """Raises OutOfDeviceMemory for torch's and Python's own errors. A class, since it is entered twice per slice."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, torch.cuda.OutOfMemoryError):
            torch.cuda.empty_cache()
            raise OutOfDeviceMemory(str(error)) from error
        if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and _CPU_MEMORY in str(error)):
            raise OutOfDeviceMemory("out of host memory") from error


_map_memory_errors = _MapMemoryErrors()


class _WarmUp:
    """One stage of a calibration; the job continues until the calibration is complete."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration
        self._complete = False

    def launch(self) -> None:
        self._complete = self._calibration.advance()

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


def _output(row: Any) -> Any:
    return Continues(row.output, row.lane, row.prepares) if isinstance(row, Unfinished) else row
