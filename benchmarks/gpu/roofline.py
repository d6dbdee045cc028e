"""The share of the device's own ceiling that each model reaches.

The ceiling is measured in the same run: the rate of a large copy and of large matrix products. A flight cannot take
less than its arithmetic at that rate, nor less than reading its weights (and the cache, for steps of a reply) once at
the copy's; the share is the larger of the two over the measured time. Arithmetic is counted by torch, in float32 on the
CPU; inputs, outputs and intermediate results are not counted as traffic. Weights that stay in a cache are read faster
than the copy, so a share may exceed 1.
"""

from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from bridge.capabilities import CAPABILITIES
from bridge.config import Config
from bridge.device.catalog import entries, imported
from gpu import pieces
from gpu.stage import Findings, Settings
from gpu.timing import best, fly, rows
from models.dialogue.dialogue_program import DECODE, REHEARSED, DialogueProgram
from models.precision import fast_dtype
from models.program import Program

CPU = torch.device("cpu")


def measure(settings: Settings, findings: Findings) -> None:
    """Measure the ceilings, then each lane at its largest batch."""
    device = torch.device(settings.device)
    dtype = fast_dtype(device)
    with torch.inference_mode():
        copied = bandwidth(device, settings)
        findings.add("copy", {"gb_per_second": round(copied / 1e9, 1)})
        rates = {form: product_rate(device, form, settings) for form in {dtype, torch.float32}}
        for form, rate in rates.items():
            findings.add(f"matmul {_short(form)}", {"tflops": round(rate / 1e12, 3)})
    for name in pieces.available(findings):
        with findings.part(name):
            flops = arithmetic(name)
            with torch.inference_mode():
                _lanes(name, flops, rates[dtype], copied, settings, findings)


def _short(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def bandwidth(device: torch.device, settings: Settings) -> float:
    """Bytes a second read and written by a copy far larger than any cache."""
    size = 2**30 if device.type == "cuda" else 2**26
    source = torch.ones(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    return 2 * size / best(lambda: target.copy_(source), device, settings.repeats(10))


def product_rate(device: torch.device, dtype: torch.dtype, settings: Settings) -> float:
    """Operations a second of a large matrix product."""
    side = 8192 if device.type == "cuda" else 1024
    left, right = (torch.randn(side, side, device=device).to(dtype) for _ in range(2))
    return 2 * side**3 / best(lambda: left @ right, device, settings.repeats(10))


def arithmetic(name: str) -> dict[str, int]:
    """Operations of one row, by lane, counted on a plain copy of the model."""
    load = imported(str(entries(CAPABILITIES)[name].model.load))
    options = {"slots": 1} if name == "dialogue" else {}
    with torch.backends.mkldnn.flags(enabled=False):  # prepacked convolutions are not counted
        program: Program = load(CPU, dtype=torch.float32, **options)
    found = {}
    with torch.no_grad():
        for lane in program.lanes:
            inputs = program.sample(lane.name, 1)
            with FlopCounterMode(display=False) as counter:
                rows(program.start(lane.name, inputs))
            found[lane.name] = counter.get_total_flops()
    program.close()
    return found


def traffic(program: Program, lane: str, batch: int) -> int:
    """Bytes of weights, and of the cache that steps read."""
    if not isinstance(program, DialogueProgram):
        return program.resident_bytes
    pool = program.pool.nbytes // (program.slots * program.context) * REHEARSED * batch if lane == DECODE else 0
    return program.decoders[lane].nbytes + pool


def _lanes(
    name: str, flops: dict[str, int], rate: float, copied: float, settings: Settings, findings: Findings
) -> None:
    device = torch.device(settings.device)
    program = entries(CAPABILITIES)[name].model.read(device, Config())
    for lane in program.lanes:
        batch = lane.max_batch
        for _ in range(2):
            rows(program.start(lane.name, program.sample(lane.name, batch)))
        seconds = min(
            sum(fly(program.start(lane.name, program.sample(lane.name, batch)), (lane.stages,), device))
            for _ in range(settings.repeats(20))
        )
        moved = traffic(program, lane.name, batch)
        findings.add(f"{lane.name} x{batch}", share(flops[lane.name] * batch, moved, seconds, rate, copied))
    program.close()


def share(flops: int, moved: int, seconds: float, rate: float, copied: float) -> dict[str, Any]:
    """The share of the ceiling, and which of the two it is."""
    arithmetic, reading = flops / rate, moved / copied
    return {
        "flight_ms": round(seconds * 1e3, 4),
        "gflop": round(flops / 1e9, 3),
        "mib": round(moved / 2**20, 1),
        "bound": "matmul" if arithmetic > reading else "copy",
        "share": round(max(arithmetic, reading) / seconds, 4),
    }
