"""Late answers as counted by the client's clock: turns its running totals into increases."""


class LateCounts:
    """The totals of one stream, by slot; bounded by the number of slots."""

    def __init__(self) -> None:
        self._totals: dict[int, int] = {}

    def increase(self, slot: int, count: int) -> int:
        """The increase since the last message. A lower value: the client restarted; 0: the field was not sent."""
        if not count:
            return 0
        before, self._totals[slot] = self._totals.get(slot, 0), count
        return count - before if count >= before else count
