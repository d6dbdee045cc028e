"""What a text costs: milliseconds on one thread, load and memory."""

import statistics
import time
from typing import Any

import psutil
import torch
from harness.record import show

from embedding.texts import finished
from models.embedding.embedding_program import EmbeddingProgram
from models.precision import fast_dtype

LINE = "What would three nights in your best room cost me, good woman?"  # twelve words
PASSAGE = "The kitchen opens at noon and closes an hour after dark, and the cook rests on Moonday. " * 5
RUNS = 40
CPU = torch.device("cpu")


def cost() -> dict[str, Any]:
    """In float32 and in the format that is fastest here, if that is another."""
    formats = list(dict.fromkeys((fast_dtype(CPU), torch.float32)))
    return {str(dtype).removeprefix("torch."): _of(dtype) for dtype in formats}


def _of(dtype: torch.dtype) -> dict[str, Any]:
    process = psutil.Process()
    before, began = process.memory_info().rss, time.perf_counter()
    program = EmbeddingProgram.load(CPU, dtype)
    loaded = time.perf_counter() - began
    measured = {
        "tokens_of_the_line": len(program.text(LINE).tokens),
        "line_ms": _milliseconds(program, LINE, 1),
        "lines_32_ms": _milliseconds(program, LINE, 32),
        "passage_tokens": len(program.text(PASSAGE).tokens),
        "passage_ms": _milliseconds(program, PASSAGE, 1),
        "tokenise_line_ms": _timed(lambda: program.text(LINE)),
        "load_seconds": loaded,
        "resident_mib": program.resident_bytes / 2**20,
        "grown_mib": (process.memory_info().rss - before) / 2**20,
    }
    show(f"embedding, {dtype}", ("", ""), list(measured.items()))
    return measured


def _milliseconds(program: EmbeddingProgram, text: str, count: int) -> float:
    """Of so many such texts, in batches as the server makes them."""
    row = program.text(text)
    most = next(lane.max_batch for lane in program.lanes if lane.name == row.lane)

    def run() -> None:
        for first in range(0, count, most):
            finished(program.start(row.lane, [row] * min(most, count - first)))

    return _timed(run)


def _timed(run: Any) -> float:
    """The median of some runs, in milliseconds."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return statistics.median(times[2:]) * 1e3
