"""How much of the processor others take meanwhile: on a shared machine that decides whether 16.6 ms can be met."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

LITTLE = 0.2  # cores
_SAMPLE = 1.0  # seconds


class Neighbours:
    """Everybody but this process, what it has started, and `server`."""

    def __init__(self, server: int) -> None:
        self._server = psutil.Process(server)

    @contextmanager
    def counted(self, figures: dict[str, float]) -> Iterator[None]:
        """Note how many cores they took during the block, as `others`. Processes of ours that still run are not
        counted as ours, but for the server.
        """
        began, before = time.perf_counter(), self._taken()
        yield
        figures["others"] = (self._taken() - before) / (time.perf_counter() - began)

    def wait(self, patience: float) -> None:
        """Until they take little, for at most `patience` seconds."""
        ends = time.perf_counter() + patience
        figures = {"others": 1.0}
        while figures["others"] > LITTLE and time.perf_counter() < ends:
            with self.counted(figures):
                time.sleep(_SAMPLE)

    def _taken(self) -> float:
        machine, server = psutil.cpu_times(), self._server.cpu_times()
        busy = sum(machine) - machine.idle - machine.iowait - machine.guest - machine.guest_nice
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return busy - sum(os.times()[:2]) - children.ru_utime - children.ru_stime - server.user - server.system
