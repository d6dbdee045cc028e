"""The interface between the host and a model family: lanes of work, run stage by stage.

A *lane* is work of one kind and shape on one model; only rows of one lane form a batch. A run of a lane is a generator
that yields after every stage, the points at which it can be suspended for more urgent work. The host measures the
stages at warm-up and joins neighbours into slices of a few milliseconds, so the same family has many slices on a slow
processor and one or two on a fast one.

Knows neither torch nor the bridge.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from models.module.tensors import Tensor


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind and shape of work. `name` is unique across all models ("avatar.64")."""

    name: str
    max_batch: int  # largest batch of a run
    stages: int  # how often a run yields, whatever the batch


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A row's output when its job continues in `lane`: `output` is delivered now. With `prepares` there is nothing to
    deliver yet.
    """

    output: Any
    lane: str
    prepares: bool = False


class Program(Protocol):
    """A loaded model. Not thread-safe: only the device thread starts, steps and closes runs."""

    name: str  # "avatar", "classifier", "detector", "dialogue", "embedding"
    version: str  # changes whenever answers may change
    lanes: tuple[Lane, ...]
    resident_bytes: int  # weights and pools held on the device

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        """Run `inputs` as one batch. Yields `stages` times, then returns one output per input, in order.

        After the last yield it only copies outputs to the host: until then an asynchronous device may still be working,
        and nothing has waited for it. An output is a value, an `Unfinished`, or an Exception, which fails only its own
        row (on NaN, say). Closing the generator early leaves the model as if the run had never started.
        """
        ...

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        """Inputs of typical size for warm-up; running them has no lasting effect."""
        ...

    def close(self) -> None:
        """Free the device's memory. No run of this model is alive any more."""
        ...


class TensorProgram(Program, Protocol):
    """A program whose rows are tensors by name, and so are its outputs: it can be asked for without a capability of its
    own.
    """

    inputs: Mapping[str, Tensor]  # of one row, without the batch
    outputs: Mapping[str, Tensor]

    def lane_of(self, row: Mapping[str, NDArray[Any]]) -> str:
        """The lane of a row. ValueError, with what may be sent, for one that does not fit `inputs`."""
        ...
