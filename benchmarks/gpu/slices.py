"""How long a slice holds the device, and what one slice launched ahead is worth.

Each model is calibrated as in the server and runs flights of every batch size. A slice's time is that between two CUDA
events, without waiting in between. Then two flights of the largest batch at a time run back to back: with each slice
waited for before the next is launched (depth 1), and with one launched ahead (depth 2, as the engine does on CUDA).
"""

import re
import statistics
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from bridge.config import Config
from bridge.device.calibration import Slicings
from bridge.device.encoding import Encoding
from bridge.device.host import Host
from bridge.policy.work import Execution, Flight, Job, Rung
from gpu.pieces import programs
from gpu.stage import Findings, Settings
from gpu.timing import fly, percentile
from models.program import Program

_GRAPHS = re.compile(r"CUDAGraph\b|cuda\.graph\(|make_graphed_callables")
_ROOT = Path(__file__).resolve().parents[2]


def measure(settings: Settings, findings: Findings) -> None:
    """Measure the models one after the other, then the texture encoders."""
    device = torch.device(settings.device)
    host = Host(device, slice_target=Config().slice_seconds)
    findings.add("cuda_graphs", graphs())
    with host.entered():
        for program in programs(device, findings):
            with findings.part(f"slices of {program.name}"):
                _measure_program(host, program, settings, findings)
        with findings.part("texture encoders"):
            _measure_program(host, Encoding(device), settings, findings)


def graphs() -> str:
    """Where the product uses CUDA graphs."""
    sources = [path for folder in ("bridge", "models") for path in sorted((_ROOT / folder).rglob("*.py"))]
    users = [str(path.relative_to(_ROOT)) for path in sources if _GRAPHS.search(path.read_text(encoding="utf-8"))]
    return f"used by {', '.join(users)}" if users else "not used"


def _measure_program(host: Host, program: Program, settings: Settings, findings: Findings) -> None:
    calibration = host.calibration(program)
    while not calibration.advance():
        pass
    slicings = calibration.slicings
    flights = settings.repeats(20)
    for (lane, batch), plan in slicings.items():
        fly(program.start(lane, program.sample(lane, batch)), plan.cuts, host.device)
        runs = [fly(program.start(lane, program.sample(lane, batch)), plan.cuts, host.device) for _ in range(flights)]
        findings.add(f"{lane} x{batch}", _figures(runs))
    host.install(program, slicings)
    for lane in program.lanes:
        batch = max(rows for name, rows in slicings if name == lane.name)
        findings.add(f"ahead, {lane.name} x{batch}", ahead(host, program, slicings, lane.name, batch, flights))


def _figures(runs: Sequence[Sequence[float]]) -> dict[str, float]:
    slices = [took * 1e3 for run in runs for took in run]
    return {
        "slices": len(runs[0]),
        "slice_p50_ms": round(statistics.median(slices), 4),
        "slice_p99_ms": round(percentile(slices, 99), 4),
        "flight_p50_ms": round(1e3 * statistics.median(sum(run) for run in runs), 4),
    }


def ahead(host: Host, program: Program, slicings: Slicings, lane: str, batch: int, flights: int) -> dict[str, Any]:
    """Milliseconds of a flight at depth 1 and 2, medians of turns that alternate."""
    took: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(5):
        for depth, times in took.items():
            runs = [_flight(program, lane, batch, len(slicings[lane, batch].cuts)) for _ in range(flights)]
            host.synchronize()
            began = time.perf_counter()
            _back_to_back(host, runs, depth)
            times.append((time.perf_counter() - began) / flights * 1e3)
    one, two = (statistics.median(times) for times in took.values())
    found = {"depth_1_ms": round(one, 4), "depth_2_ms": round(two, 4), "saved": round(1 - two / one, 4)}
    return found if host.depth == 2 else {**found, "note": "the CPU computes while it launches: nothing to save"}


def _flight(program: Program, lane: str, batch: int, slices: int) -> Flight:
    rungs = [(Rung(lane, lane, row),) for row in program.sample(lane, batch)]
    return Flight(1, lane, tuple(Job(n, "gpu", "gpu", 0.0, rung) for n, rung in enumerate(rungs)), slices)


def _back_to_back(host: Host, flights: Sequence[Flight], depth: int) -> None:
    """Run all slices of all flights in order, with `depth` of them launched."""
    launched: deque[Execution] = deque()
    for flight in flights:
        execution = host.begin(flight)
        for _ in range(flight.slices):
            execution.launch()
            launched.append(execution)
            if len(launched) >= depth:
                launched.popleft().finish()
    while launched:
        launched.popleft().finish()
