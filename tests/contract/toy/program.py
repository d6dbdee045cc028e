"""A toy: turns words round, in two stages."""

from collections.abc import Generator, Sequence
from typing import Any, Self

from models.program import Lane


class ToyProgram:
    """Needs no weights."""

    name, version, resident_bytes = "toy", "toy-1", 1
    lanes = (Lane("toy.run", max_batch=4, stages=2),)

    @classmethod
    def load(cls, device: Any) -> Self:
        """Ready at once."""
        return cls()

    def start(self, lane: str, inputs: Sequence[str]) -> Generator[None, None, Sequence[str]]:
        """Words to words."""
        yield
        turned = [word[::-1] for word in inputs]
        yield
        return turned

    def sample(self, lane: str, batch: int) -> Sequence[str]:
        """Words of usual length."""
        return ["inn"] * batch

    def close(self) -> None:
        """Nothing to free."""
