"""What slicing costs: CPU time of sliced flights compared with whole forward passes.

Each lane runs alone at its widest batch, in three variants that take turns: `bare`, the model's generator in a plain
loop; `whole`, the engine with flights of one slice; `sliced`, the engine with the slices of the warm-up. `whole` over
`bare` is the cost of jobs and outcomes; the cost of slicing is the difference of `sliced` and `whole`, relative to
`bare`.

CPU time of the process also depends on other tenants of the machine, by a tenth from one second to the next. So figures
are compared within a turn only, the order rotates, and the median over the turns is reported with its 95 % interval.

    python benchmarks/slicing.py --turns 120          # five minutes
"""

import argparse
import gc
import itertools
import math
import statistics
import time
from collections import deque
from collections.abc import Callable, Sequence
from operator import truediv
from typing import Any

import torch
from harness.record import finish, show

from bridge.capabilities import CAPABILITIES, MODELS
from bridge.config import Config
from bridge.device.calibration import Slicing, Slicings
from bridge.device.catalog import entries
from bridge.device.host import Host, choose_device
from bridge.policy.learned.latency import Latency
from bridge.policy.scheduler import Scheduler
from bridge.policy.work import Cause, Job, Run, Rung
from models.program import Program


class Alone:
    """The engine with one lane, driven on the calling thread: the work of the device thread, without the thread."""

    def __init__(self, host: Host, program: Program, lane: str, batch: int, plan: Slicing) -> None:
        latency = Latency()
        for rows in range(1, batch + 1):
            latency.warm(lane, rows, list(plan.seconds))
        self._scheduler = Scheduler(latency)
        self._scheduler.add_lane(lane, batch, holds=False)
        self._host = host
        self._plan: Slicings = {(lane, batch): plan}
        self._program, self._lane = program, lane
        self._ids = itertools.count(1)

    def fly(self, rows: Sequence[Any]) -> None:
        """Run one batch from arrival to outcome."""
        self._host.install(self._program, self._plan)
        now = time.perf_counter()
        for row in rows:
            job = Job(next(self._ids), "bench", "bench", now, (Rung(self._lane, self._lane, row),), now + 10.0)
            self._scheduler.submit(job, now)
        execution = None
        while isinstance(decision := self._scheduler.step(time.perf_counter()), Run):
            began = time.perf_counter()
            execution = execution or self._host.begin(decision.flight)
            execution.launch()
            outputs = execution.finish()
            ended = time.perf_counter()
            self._scheduler.settle(ended, ended - began, outputs)
            if outputs is not None:
                break
        self._scheduler.take_outcomes()
        self._scheduler.fail_all(time.perf_counter(), Cause.STOPPING)  # a reply would continue
        self._scheduler.take_outcomes()


def measure(host: Host, program: Program, lane: str, batch: int, plan: Slicing, turns: int) -> dict[str, Any]:
    """The ratios of one lane."""
    whole = Slicing((sum(plan.cuts),), (sum(plan.seconds),))
    one, cut = (Alone(host, program, lane, batch, which) for which in (whole, plan))

    def bare(rows: Sequence[Any]) -> None:
        for _ in program.start(lane, rows):
            pass

    variants: dict[str, Callable[[Sequence[Any]], None]] = {"bare": bare, "whole": one.fly, "sliced": cut.fly}
    took: dict[str, list[float]] = {name: [] for name in variants}
    order = deque(variants)
    for _ in range(turns):
        order.rotate()
        for name in order:
            rows = program.sample(lane, batch)
            began = time.process_time()
            variants[name](rows)
            took[name].append(time.process_time() - began)
    costs = [(a - b) / c for a, b, c in zip(took["sliced"], took["whole"], took["bare"], strict=True)]
    return {
        "slices": len(plan.cuts),
        "bare_ms": round(1e3 * statistics.median(took["bare"]), 3),
        "whole_over_bare": round(statistics.median(map(truediv, took["whole"], took["bare"])), 4),
        "sliced_over_bare": round(statistics.median(map(truediv, took["sliced"], took["bare"])), 4),
        "slicing_costs": round(statistics.median(costs), 4),
        "slicing_costs_95": [round(bound, 4) for bound in bounds_of_median(costs)],
    }


def bounds_of_median(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % confidence interval of the median (sign test)."""
    ordered, away = sorted(values), 0.98 * len(values) ** 0.5
    middle = (len(values) - 1) / 2
    return ordered[max(0, math.floor(middle - away))], ordered[min(len(values) - 1, math.ceil(middle + away))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=120)
    parser.add_argument("--slice-ms", type=float, default=1e3 * Config().slice_seconds)
    options = parser.parse_args()
    torch.set_num_threads(1)
    config = Config()
    device = choose_device(config.device)
    host = Host(device, slice_target=options.slice_ms / 1e3)
    results: dict[str, dict[str, Any]] = {}
    with host.entered():
        for name in MODELS:
            program = entries(CAPABILITIES)[name].model.read(device, config)
            calibration = host.calibration(program)
            while not calibration.advance():
                pass
            gc.collect()
            gc.freeze()
            for lane in program.lanes:
                batch = max(rows for known, rows in calibration.slicings if known == lane.name)
                plan = calibration.slicings[lane.name, batch]
                key = f"{lane.name} x{batch}"
                results[key] = measure(host, program, lane.name, batch, plan, options.turns)
                print(key, results[key], flush=True)
            program.close()
    models = {
        name: max(figures["slicing_costs"] for key, figures in results.items() if key.startswith(f"{name}."))
        for name in MODELS
    }
    rows = [(key, *figures.values()) for key, figures in results.items()]
    columns = ("lane", "slices", "bare ms", "whole / bare", "sliced / bare", "slicing", "95 %")
    show("Processor time of a flight", columns, rows)
    finish("slicing", {"lanes": results, "worst_of_model": models, "worst": max(models.values())})


if __name__ == "__main__":
    main()
