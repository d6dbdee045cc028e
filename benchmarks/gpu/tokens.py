"""Tokens a second: the decoder alone, by batch, with CUDA graphs and without, and four characters talking through a
server.
"""

import asyncio
import statistics
import time
from typing import Any

import torch

from gpu import pieces, serving
from gpu.stage import Findings, Missing, Settings
from gpu.timing import fly, rows
from models.dialogue.dialogue_program import CHUNK, DECODE, PREFILL, DialogueProgram


def measure(settings: Settings, findings: Findings) -> None:
    """Measure prompts, steps and talk."""
    pieces.weights("dialogue")
    device = torch.device(settings.device)
    with torch.inference_mode():
        program = DialogueProgram.load(device)
        cap = {lane.name: lane.max_batch for lane in program.lanes}
        findings.add("format", program.version.rpartition("instruct-")[2])
        findings.add(f"{PREFILL} x1", _rate(program, PREFILL, 1, CHUNK, device, settings.repeats(60, 3)))
        sizes = [batch for batch in (1, 2, 4, 8, 16) if batch <= cap[DECODE]]
        free = _free(device)
        for batch in sizes:
            findings.add(f"{DECODE} x{batch}", _rate(program, DECODE, batch, batch, device, settings.repeats(60, 3)))
        with findings.part("graphs"):
            findings.add("graphs", _graphs(program, free - _free(device)))
            program.static = None
            for batch in sizes:
                found = _rate(program, DECODE, batch, batch, device, settings.repeats(10, 2))
                findings.add(f"{DECODE} x{batch} without graphs", found)
        program.close()
    with findings.part("four characters talking"):
        findings.add("four characters talking", talk(settings))


def _rate(
    program: DialogueProgram, lane: str, batch: int, tokens: int, device: torch.device, repeats: int
) -> dict[str, Any]:
    """`wall_ms` includes sampling on the host, which every step has to wait for; `device_ms` is by events."""
    stages = next(known.stages for known in program.lanes if known.name == lane)
    for _ in range(2):
        rows(program.start(lane, program.sample(lane, batch)))
    took = []
    for _ in range(repeats):
        run = program.start(lane, program.sample(lane, batch))
        began = time.perf_counter()
        on_device = sum(fly(run, (stages,), device))
        took.append((time.perf_counter() - began, on_device))
    wall, busy = (statistics.median(times) for times in zip(*took, strict=True))
    milliseconds = {"wall_ms": round(wall * 1e3, 3), "device_ms": round(busy * 1e3, 3)}
    return {"tokens_per_second": round(tokens / wall, 1), **milliseconds}


def _graphs(program: DialogueProgram, taken: int) -> dict[str, Any]:
    """Of the steps just measured, and the memory that they have taken, with PyTorch's own for them."""
    if program.static is None:
        raise Missing("this device does not take decode steps as CUDA graphs; the log says why")
    return {"number": len(program.static.graphs), "rows": program.static.sizes, "mib": round(taken / 2**20, 1)}


def _free(device: torch.device) -> int:
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else 0


def talk(settings: Settings) -> dict[str, Any]:
    """As in `real_models.py`, without frames beside it."""
    pieces.library("rich")
    import real_models

    seconds = 2.0 if settings.quick else 10.0
    with serving.process(settings, "dialogue") as address:
        spoken, refused = asyncio.run(real_models.talk(address, seconds))
    return {"tokens_per_second": round(spoken / seconds, 1), "lines_refused": refused, "seconds": seconds}
