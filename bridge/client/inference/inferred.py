"""The answer of a model of the operator's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

from numpy.typing import NDArray

from bridge.client.answers import Timing, Unanswered


@final
@dataclass(frozen=True, slots=True, eq=False)
class Inferred:
    """A model's outputs, on time. Truthy.

    `outputs` are by name, of one row (without the batch), writable, and nobody else's; `result["image"]` is one of
    them. `repeated` marks earlier outputs of the slot sent again because new ones could not be on time; they are from
    the request `repeated_from_index`. `elapsed` is in seconds, from the request until the outputs were received;
    `budget` is 0 if the client does not know the server's default.
    """

    model: str
    slot: int
    request_index: int
    outputs: Mapping[str, NDArray[Any]] = field(repr=False)
    elapsed: float
    budget: float
    timing: Timing
    repeated_from_index: int = 0

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self.outputs:
            raise KeyError(f"no output {name!r}; there are {', '.join(self.outputs)}")
        return self.outputs[name]

    @property
    def repeated(self) -> bool:
        """Whether these are earlier outputs, sent again."""
        return self.repeated_from_index > 0


Answer = Inferred | Unanswered
