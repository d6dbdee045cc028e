"""A stream of choices that is the same on every machine."""

import math
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """Choices from a named stream. Only `Random.random` is used: Python guarantees its stream for a given seed."""

    def __init__(self, stream: str) -> None:
        self._random = random.Random(stream)

    def chance(self, share: float) -> bool:
        """True so often."""
        return self._random.random() < share

    def within(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return least + int(self._random.random() * (most - least + 1))

    def magnitude(self, least: int, most: int) -> int:
        """A whole number whose logarithm is uniform: as many of 1 to 9 as of 100 to 999."""
        drawn = math.exp(math.log(least) + self._random.random() * math.log((most + 1) / least))
        return min(most, int(drawn))

    def one(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[int(self._random.random() * len(choices))]

    def some(self, choices: Sequence[T], number: int) -> list[T]:
        """`number` different ones, or all, in drawn order."""
        left = list(choices)
        drawn: list[T] = []
        while left and len(drawn) < number:
            drawn.append(left.pop(int(self._random.random() * len(left))))
        return drawn

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """One of the choices, by weight."""
        point = self._random.random() * sum(weight for _, weight in choices)
        for choice, weight in choices:
            point -= weight
            if point < 0:
                return choice
        return choices[-1][0]
