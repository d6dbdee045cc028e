"""A first-fit allocator of ranges in one block of memory, freed in any order. Pure: it knows only offsets."""

import bisect

ALIGNMENT = 64  # bytes, a cache line


class Allocator:
    """Allocates from the bytes `begin` to `end`."""

    def __init__(self, begin: int, end: int) -> None:
        self._begin = _up(begin)
        self._end = end
        self._taken: list[tuple[int, int]] = []  # (start, end), ordered

    def __len__(self) -> int:
        return len(self._taken)

    def take(self, size: int) -> int | None:
        """Allocate `size` bytes; returns their offset, a multiple of ALIGNMENT, or None if no gap is large enough."""
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
        """Free the allocation at `start`. KeyError if there is none."""
        at = bisect.bisect_left(self._taken, (start, 0))
        if at == len(self._taken) or self._taken[at][0] != start:
            raise KeyError(start)
        del self._taken[at]


def _up(offset: int) -> int:
    return -(-offset // ALIGNMENT) * ALIGNMENT
