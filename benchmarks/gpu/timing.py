"""Times on the device, by CUDA events; on the CPU, which works synchronously, by the clock."""

import statistics
import time
from collections.abc import Callable, Generator, Sequence
from itertools import pairwise
from typing import Any, TypeVar

import torch

T = TypeVar("T")
_ENDED = object()


class Marks:
    """Instants in the device's stream of work. Marking waits for nothing."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._events: list[torch.cuda.Event] = []
        self._times: list[float] = []

    def mark(self) -> None:
        """The instant at which all work submitted so far is done."""
        if self._device.type == "cuda":
            event = torch.cuda.Event(enable_timing=True)
            event.record()
            self._events.append(event)
        else:
            self._times.append(time.perf_counter())

    def gaps(self) -> list[float]:
        """Seconds between neighbouring instants; waits for the last."""
        if self._device.type == "cuda":
            self._events[-1].synchronize()
            return [earlier.elapsed_time(later) / 1e3 for earlier, later in pairwise(self._events)]
        return [later - earlier for earlier, later in pairwise(self._times)]


def result(run: Generator[Any, None, T]) -> T:
    """What a generator returns when nothing suspends it."""
    while True:
        try:
            next(run)
        except StopIteration as stop:
            value: T = stop.value
            return value


def rows(run: Generator[None, None, Sequence[Any]]) -> Sequence[Any]:
    """The outputs of a flight; raises the first that is an error."""
    outputs = result(run)
    for output in outputs:
        if isinstance(output, Exception):
            raise output
    return outputs


def fly(run: Generator[None, None, Sequence[Any]], cuts: Sequence[int], device: torch.device) -> list[float]:
    """Run a flight slice by slice without waiting in between; returns the device's seconds of each slice."""
    marks = Marks(device)
    marks.mark()
    for stages in cuts:
        for _ in range(stages):
            assert next(run, _ENDED) is not _ENDED, "the flight ended before its last slice"
        marks.mark()
    rows(run)  # copies the outputs
    return marks.gaps()


def best(work: Callable[[], object], device: torch.device, repeats: int) -> float:
    """The shortest of several runs, in the device's seconds; one more goes first to warm up."""
    took = []
    for _ in range(repeats + 1):
        marks = Marks(device)
        marks.mark()
        work()
        marks.mark()
        took += marks.gaps()
    return min(took[1:])


def percentile(values: Sequence[float], share: int) -> float:
    """A percentile by interpolation."""
    return statistics.quantiles(values, n=100)[share - 1] if len(values) > 1 else values[0]
