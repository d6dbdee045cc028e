"""A first-fit allocator: stretches of one piece of memory, given back in any order. Knows only numbers."""

import bisect

ALIGNMENT = 64  # bytes, a line of the processor's cache


class Allocator:
    """What is taken of the bytes from `begin` to `end`."""

    def __init__(self, begin: int, end: int) -> None:
        self._begin = _up(begin)
        self._end = end
        self._taken: list[tuple[int, int]] = []  # (start, end), ordered

    def __len__(self) -> int:
        return len(self._taken)

    def take(self, size: int) -> int | None:
        """Where `size` bytes begin that are nobody else's, a multiple of ALIGNMENT; None when there is no such gap."""
        free = self._begin
        for start, end in self._taken:
            if free + size <= start:
                break
            free = _up(end)
        if free + size > self._end:
            return None
        bisect.insort(self._taken, (free, free + size))
        return free

    def give_back(self, start: int) -> None:
        """The place that begins here is free. KeyError when none does."""
        at = bisect.bisect_left(self._taken, (start, 0))
        if at == len(self._taken) or self._taken[at][0] != start:
            raise KeyError(start)
        del self._taken[at]


def _up(offset: int) -> int:
    return -(-offset // ALIGNMENT) * ALIGNMENT
