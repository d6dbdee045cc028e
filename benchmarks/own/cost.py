"""What suspending a module costs, and whether its answers change."""

import copy
import gc
import statistics
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from slicing import Alone, bounds_of_median
from torch import nn

from bridge import ModuleModel
from bridge.device.calibration import Slicings
from bridge.device.host import Host
from models.module.module_program import ModuleProgram
from models.program import Program


def loaded(host: Host, model: ModuleModel, module: nn.Module, *, slices: bool) -> tuple[ModuleProgram, Slicings]:
    """A module as a server has it once it is warm."""
    program = ModuleProgram(model.name, module, host.device, model.inputs, model.max_batch, slices=slices)
    calibration = host.calibration(program)
    while not calibration.advance():
        pass
    return program, calibration.slicings


def measure(host: Host, model: ModuleModel, turns: int) -> dict[str, Any]:
    """Processor time of a flight of one row: the module itself, never suspended, and suspended between its slices.

    Variants take turns, and figures are compared within a turn, as in `slicing.py`. The module that is never suspended
    has no hooks either.
    """
    module = model.load().eval().requires_grad_(False)
    whole, whole_plan = loaded(host, model, copy.deepcopy(module), slices=False)
    sliced, plan = loaded(host, model, copy.deepcopy(module), slices=True)
    lane = sliced.lanes[0].name
    one, cut = (Alone(host, program, lane, 1, cuts[lane, 1]) for program, cuts in ((whole, whole_plan), (sliced, plan)))
    rows = sliced.sample(lane, 1)
    batch = {name: torch.from_numpy(np.stack([row[name] for row in rows])) for name in rows[0]}
    variants: dict[str, Callable[[], Any]] = {
        "module": lambda: module(**batch),
        "whole": lambda: one.fly(rows),
        "sliced": lambda: cut.fly(rows),
    }
    took = _take_turns(variants, turns)
    costs = [(a - b) / c for a, b, c in zip(took["sliced"], took["whole"], took["module"], strict=True)]
    slices = plan[lane, 1].seconds
    return {
        "slices": len(slices),
        "longest_slice_ms": round(1e3 * max(slices), 2),
        "module_ms": round(1e3 * statistics.median(took["module"]), 2),
        "whole_over_module": round(statistics.median(_ratios(took, "whole")), 4),
        "sliced_over_module": round(statistics.median(_ratios(took, "sliced")), 4),
        "slicing_costs": round(statistics.median(costs), 4),
        "slicing_costs_95": [round(bound, 4) for bound in bounds_of_median(costs)],
    }


def _take_turns(variants: dict[str, Callable[[], Any]], turns: int) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {name: [] for name in variants}
    order = deque(variants)
    gc.collect()
    gc.freeze()
    for _ in range(turns):
        order.rotate()
        for name in order:
            began = time.process_time()
            variants[name]()
            took[name].append(time.process_time() - began)
    return took


def _ratios(took: dict[str, list[float]], name: str) -> list[float]:
    return [each / bare for each, bare in zip(took[name], took["module"], strict=True)]


def equal(host: Host, models: Sequence[ModuleModel]) -> dict[str, bool]:
    """Whether each model's answers are bit-equal to its module's on the same batch, for batches of every size, while
    runs of all of them take turns stage by stage.
    """
    modules = {model.name: model.load().eval().requires_grad_(False) for model in models}
    programs = {model.name: loaded(host, model, copy.deepcopy(modules[model.name]), slices=True)[0] for model in models}
    same = dict.fromkeys(modules, True)
    for batch in range(1, max(model.max_batch for model in models) + 1):
        rows = {name: program.sample(program.lanes[0].name, batch) for name, program in programs.items()}
        for name, answers in _interleaved(programs, rows).items():
            stacked = {key: torch.from_numpy(np.stack([row[key] for row in rows[name]])) for key in rows[name][0]}
            plain = modules[name](**stacked)
            plain = plain if isinstance(plain, torch.Tensor) else plain["logits"]
            same[name] &= np.array_equal(np.stack([next(iter(answer.values())) for answer in answers]), plain.numpy())
    return same


def _interleaved(programs: dict[str, Any], rows: dict[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    def run(program: Program, mine: Sequence[Any]) -> Any:
        return (yield from program.start(program.lanes[0].name, mine))

    runs = {name: run(program, rows[name]) for name, program in programs.items()}
    answers: dict[str, Sequence[Any]] = {}
    while runs:
        for name in list(runs):
            try:
                next(runs[name])
            except StopIteration as stop:
                answers[name] = stop.value
                del runs[name]
    return answers
