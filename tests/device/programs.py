"""Small models that do what a test asks of them: real torch, real generators, no weights."""

import threading
from collections.abc import Generator, Sequence
from typing import Any

import torch

from models.program import Lane, Unfinished


class Doubler:
    """Doubles numbers in `stages` stages. Rows may ask for trouble: see `ask`."""

    def __init__(self, name: str = "doubler", stages: int = 4, max_batch: int = 4) -> None:
        self.name = name
        self.version = "1"
        self.resident_bytes = 0
        self.lanes = (Lane(f"{name}.run", max_batch, stages),)
        self.gate = threading.Event()  # rows that ask to "hang" wait for it
        self.gate.set()
        self.batches: list[int] = []
        self.closed = 0
        self.steps = 0

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        self.batches.append(len(inputs))
        try:
            for stage in range(self.lanes[0].stages):
                self.steps += 1
                self._obey(inputs, stage)
                yield
        except GeneratorExit:
            self.closed += 1
            raise
        return [self._output(row) for row in inputs]

    def _obey(self, inputs: Sequence[Any], stage: int) -> None:
        if stage == 1:
            if "raise" in inputs:
                raise RuntimeError("asked to")
            if "memory" in inputs and len(inputs) > 1:
                raise torch.cuda.OutOfMemoryError("asked to")
            if "hang" in inputs:
                self.gate.wait(30)

    def _output(self, row: Any) -> Any:
        if row == "nan":
            return FloatingPointError("a row of its own is not finite")
        if isinstance(row, list):  # counts down, one output each time
            row[0] -= 1
            return Unfinished(row[0], self.lanes[0].name) if row[0] else "done"
        return float(torch.tensor(float(row)).mul(2)) if isinstance(row, (int, float)) else row

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        return [1.0] * batch

    def close(self) -> None:
        self.closed += 100
