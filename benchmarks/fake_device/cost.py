"""CPU time an answer, of server and client: what their processes used during a trace, less what they use when idle."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from fake_device.device import FakeDevice
from fake_device.play import Answer
from fake_device.runner import CpuSample

LEAD_IN = 1.6  # seconds before the first trace: the idle second is among them
_IDLE, _BEFORE = 1.0, 0.15
_FLIGHTS, _APART = 120, 0.006


class Cost(NamedTuple):
    """CPU time for each answer that was received, an earlier picture included, in seconds."""

    server: float
    client: float


def around_idle(begins: float) -> tuple[float, float]:
    """When to sample before the first trace, which begins at `begins`: around the idle second."""
    return begins - _BEFORE - _IDLE, begins - _BEFORE


def cost_of(answers: Sequence[Answer], idle: Sequence[CpuSample], around: Sequence[CpuSample]) -> Cost:
    """The cost of a trace's answers: what was used between two samples, less what is used when idle."""
    count = max(1, sum(answer.received >= 0 for answer in answers))
    seconds = around[1].at - around[0].at
    server, client = (seconds * (busy - quiet) / count for busy, quiet in zip(rates(around), rates(idle), strict=True))
    return Cost(server, client)


def rates(samples: Sequence[CpuSample]) -> tuple[float, float]:
    """The share of a core that server and client used between two samples."""
    before, after = samples
    seconds = after.at - before.at
    return (after.server - before.server) / seconds, (after.client - before.client) / seconds


def waiting_cpu(seconds: float) -> float:
    """The CPU time of waiting for one of the device's flights of `seconds`: it ends awake."""
    with tempfile.TemporaryDirectory() as folder:
        device = FakeDevice(Path(folder) / "device")
        began = time.thread_time()
        for _ in range(_FLIGHTS):
            device.run(seconds, 1, "texture")
            time.sleep(_APART)
        used = time.thread_time() - began
        device.close()
    return used / _FLIGHTS
