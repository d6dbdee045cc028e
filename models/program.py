"""What every model family offers the host: lanes of work, run stage by stage.

A *lane* is work of one kind and shape on one model; batches form only inside a lane. A run of a lane is a generator
that yields after every stage, the finest places at which it can be suspended for something more urgent. The host
measures the stages at warm-up and joins neighbours into slices of a few milliseconds, so the same family gives many
slices on a small processor and one or two on a large one.

This file knows neither torch nor the bridge.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind and shape of work: `name` is unique over all models ("avatar.64")."""

    name: str
    max_batch: int  # rows that one run may carry
    stages: int  # parts of a run: it yields so many times, whatever the batch


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A row's output when its job goes on: `output` is delivered now, and the job comes back in `lane`. One that
    `prepares` has nothing to show yet.
    """

    output: Any
    lane: str
    prepares: bool = False


class Program(Protocol):
    """A loaded model. Not thread-safe: the device thread alone calls `start`, steps the run and closes it."""

    name: str  # "avatar", "classifier", "detector", "dialogue"
    version: str  # changes whenever the answers may change
    lanes: tuple[Lane, ...]
    resident_bytes: int  # weights and pools held on the device

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        """Run `inputs` as one batch. Yields `stages` times, then returns one output per input, in order.

        What comes after the last yield only brings the outputs to the processor: until then a device that works by
        itself need not have finished anything, and nobody has waited for it.
        An output may be the value, an `Unfinished`, or an Exception, which fails its own row only (NaN, say).
        Closing the generator early leaves the model as if the run had never started.
        """
        ...

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        """Inputs of typical size for warm-up; running them has no lasting effect."""
        ...

    def close(self) -> None:
        """Free what the device holds. No run of this model is alive any more."""
        ...
