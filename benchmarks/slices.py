"""How long a slice holds the device, and what loading a model does to the event loop.

Slices: each model is calibrated as in the server, then runs flights of every batch size, with nothing else running. A
slice is the longest that urgent work waits for other work, so the figure that counts is its p99: at most 8 ms.

Loop lag: a server plays the demo's game, a separate process, while one model is unloaded and loaded again. A task that
sleeps for a millisecond at a time records how late the loop is, compared with the same game without loading.
"""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import torch
from harness.record import finish, no_options, show

from bridge.capabilities import CAPABILITIES, MODELS
from bridge.config import Config
from bridge.device.calibration import Slicings
from bridge.device.catalog import entries
from bridge.device.host import Host, choose_device
from bridge.server import Server
from models.program import Program

FLIGHTS = 40
GAME_SECONDS = 45.0


def calibrate(host: Host, program: Program) -> Slicings:
    """Calibrate a model as the warm-up does."""
    calibration = host.calibration(program)
    while not calibration.advance():
        pass
    return calibration.slicings


def slice_times(host: Host, program: Program, lane: str, batch: int, cuts: tuple[int, ...]) -> list[list[float]]:
    """Seconds per slice of FLIGHTS flights."""
    flights = []
    for _ in range(FLIGHTS):
        run = program.start(lane, program.sample(lane, batch))
        marks = [time.perf_counter()]
        for stages in cuts:
            for _ in range(stages):
                next(run, None)
            host.synchronize()
            marks.append(time.perf_counter())
        flights.append([later - earlier for earlier, later in pairwise(marks)])
    return flights


def measure_slices(config: Config) -> dict[str, dict[str, float]]:
    """p50 and p99 of slices by lane and batch, in milliseconds."""
    device = choose_device(config.device)
    host = Host(device, slice_target=config.slice_seconds)
    results: dict[str, dict[str, float]] = {}
    with host.entered():
        for name in MODELS:
            program = entries(CAPABILITIES)[name].model.read(device, config)
            for (lane, batch), plan in calibrate(host, program).items():
                flights = slice_times(host, program, lane, batch, plan.cuts)
                slices = [took * 1e3 for flight in flights for took in flight]
                whole = [sum(flight) * 1e3 for flight in flights]
                results[f"{lane} x{batch}"] = {
                    "slices": len(plan.cuts),
                    "slice_p50_ms": round(statistics.median(slices), 3),
                    "slice_p99_ms": round(statistics.quantiles(slices, n=100)[98], 3),
                    "flight_p50_ms": round(statistics.median(whole), 3),
                }
            program.close()
    return results


class Lag:
    """How late the event loop is, sampled every millisecond."""

    def __init__(self) -> None:
        self.samples: list[float] = []

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            task.cancel()

    async def _watch(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            self.samples.append((time.perf_counter() - began - 0.001) * 1e3)

    def summary(self) -> dict[str, float]:
        """Percentiles in milliseconds."""
        cuts = statistics.quantiles(self.samples, n=1000)
        return {
            "p50_ms": round(statistics.median(self.samples), 2),
            "p99_ms": round(cuts[989], 2),
            "max_ms": round(max(self.samples), 1),
        }


async def loop_lag(config: Config) -> dict[str, dict[str, float]]:
    """Loop lag under the demo's load, alone and while each model is loaded."""
    server = Server(config)
    port = await server.start()
    await server.ready
    game = await asyncio.create_subprocess_exec(
        *(sys.executable, str(Path(__file__).parent / "harness" / "game.py"), f"127.0.0.1:{port}", str(GAME_SECONDS)),
        stdout=subprocess.PIPE,
    )
    assert game.stdout is not None
    await game.stdout.readline()  # playing
    results = {}
    quiet = Lag()
    async with quiet.watched():
        await asyncio.sleep(8)
    results["no load"] = quiet.summary()
    for name in ("dialogue", "detector"):
        await server.roster.unload(name)
        lag = Lag()
        async with lag.watched():
            began = time.perf_counter()
            await server.roster.load(name)
            took = time.perf_counter() - began
        results[f"loading {name}"] = {**lag.summary(), "load_s": round(took, 2)}
    frames = int((await game.stdout.read()).split()[0])
    assert frames > 20 * GAME_SECONDS, f"only {frames} avatar frames received"
    await server.stop()
    return results


def main() -> None:
    """Measure both, and report."""
    no_options(__doc__)
    torch.set_num_threads(1)
    config = Config(port=0)
    slices = measure_slices(config)
    rows = [(name, *figures.values()) for name, figures in slices.items()]
    show("Slices", ("lane and batch", "slices", "p50 ms", "p99 ms", "flight p50 ms"), rows)
    lag = asyncio.run(loop_lag(config))
    show("Event-loop lag under the demo's load", ("while", "figures"), [(name, f) for name, f in lag.items()])
    worst = max(slices, key=lambda name: slices[name]["slice_p99_ms"])
    finish(
        "slices",
        {"slices": slices, "worst_slice_p99_ms": slices[worst]["slice_p99_ms"], "worst": worst, "loop_lag": lag},
    )


if __name__ == "__main__":
    main()
