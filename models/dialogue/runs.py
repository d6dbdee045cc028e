"""In which runs of the prefill lane a prompt is read.

What the player or the game wrote is read in chunks that begin at whole pages, what the character has said in steps: so
each token is always read in the same way, whatever is cached. A page with both is read as one chunk for each part of
it that was written; what the cache has of it is left as it is.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from models.language.cache.slots import PAGE


class Shapes(NamedTuple):
    """The largest runs: positions of a chunk, and rows of a step."""

    chunk: int = PAGE
    rows: int = 1


class Run(NamedTuple):
    """Positions of a prompt that are read together."""

    start: int
    end: int
    by_step: bool


def next_run(keys: Sequence[int], held: int, shapes: Shapes) -> Run:
    """The run that comes after `held` complete tokens, of which `keys` has more."""
    by_step = keys[held] < 0
    most = shapes.rows if by_step else shapes.chunk - held % PAGE
    alike = takewhile(lambda key: (key < 0) == by_step, keys[held : held + most])
    return Run(held, held + sum(1 for _ in alike), by_step)


def count_runs(keys: Sequence[int], held: int, shapes: Shapes) -> int:
    """The runs that a prompt takes after `held` complete tokens."""
    number = 0
    while held < len(keys):
        held, number = next_run(keys, held, shapes).end, number + 1
    return number
