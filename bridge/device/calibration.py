"""Measures a model's stages at warm-up and cuts them into slices of up to a target time.

Runs stage by stage, so that a model can warm up on a serving device: the engine treats each stage as one slice of
background work.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.device.checks import answer_error, check_answers, sampled, started
from bridge.device.torch_guard import TorchGuard
from bridge.errors import ModelFailed
from models.program import Lane, Program

_STRETCH = 1.5  # how far a stage may exceed the target for the sake of a larger batch
_ENDED = object()
_REPEATS = 3  # the first also pays for lazy initialisation


@dataclass(frozen=True, slots=True)
class Slicing:
    """How a flight of one lane and batch size is cut: stages per slice, and seconds per slice as measured."""

    cuts: tuple[int, ...]
    seconds: tuple[float, ...]


Slicings = dict[tuple[str, int], Slicing]


def cut(stages: list[float], target: float) -> Slicing:
    """Join neighbouring stages into slices of at most `target` seconds. A longer stage is a slice by itself."""
    cuts: list[int] = []
    seconds: list[float] = []
    for took in stages:
        if cuts and seconds[-1] + took <= target:
            cuts[-1] += 1
            seconds[-1] += took
        else:
            cuts.append(1)
            seconds.append(took)
    return Slicing(tuple(cuts), tuple(seconds))


class Calibration:
    """The warm-up of one model. `advance` runs one stage and returns True at the end; `slicings` is then complete."""

    def __init__(
        self, program: Program, target: float, synchronize: Callable[[], None], guard: TorchGuard | None = None
    ) -> None:
        self.program = program
        self._target = target
        self._synchronize = synchronize
        self._guard = guard or TorchGuard()
        self._stages = self._measure()
        self.slicings: Slicings = {}

    def advance(self) -> bool:
        """Run one stage. True once all batches of all lanes are measured."""
        try:
            return next(self._stages, None) is None
        except BaseException:
            self._stages = self._measure()  # a retry starts over
            raise

    def _measure(self) -> Iterator[bool]:
        for lane in self.program.lanes:
            for batch in range(1, lane.max_batch + 1):
                best = [float("inf")] * lane.stages
                for _ in range(_REPEATS):
                    for index, took in self._run(lane, batch):
                        best[index] = min(best[index], took)
                        yield True
                if batch > 1 and max(best) > _STRETCH * self._target:
                    break  # urgent work would wait too long for one stage of so large a batch
                self.slicings[lane.name, batch] = cut(best, self._target)

    def _run(self, lane: Lane, batch: int) -> Iterator[tuple[int, float]]:
        run = started(self.program, lane.name, sampled(self.program, lane.name, batch))
        try:
            for index in range(lane.stages):
                began = time.perf_counter()
                if next(run, _ENDED) is _ENDED:
                    raise _stages_error(lane, "fewer")
                if index < lane.stages - 1:
                    self._guard.check_suspended(lane.name, run)
                else:
                    self._check_end(lane, batch, run)
                self._synchronize()
                yield index, time.perf_counter() - began
        finally:
            run.close()
            self._guard.put_back(self.program.name)

    def _check_end(self, lane: Lane, batch: int, run: Generator[None, None, Sequence[Any]]) -> None:
        """Run to the end, for the outputs: ModelFailed for another stage, or outputs that nobody can be sent."""
        try:
            next(run)
        except StopIteration as stop:
            answers = stop.value
        else:
            raise _stages_error(lane, "more")
        check_answers(self.program, lane.name, answers)
        if len(answers) != batch:
            raise ModelFailed(f"{lane.name} gave {len(answers)} outputs for a batch of {batch}; give one for each row")
        for answer in answers:
            if (wrong := answer_error(self.program, lane.name, answer)) is not None:
                raise wrong


def _stages_error(lane: Lane, relation: str) -> ModelFailed:
    return ModelFailed(
        f"a run of {lane.name} has {relation} stages than the {lane.stages} it declares; yield once after each of them"
    )
