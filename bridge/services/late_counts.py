"""What a client says came too late by its own clock: counters that only rise while its stream lasts."""


class LateCounts:
    """The counters of one stream, by slot. There are no more slots than the stream may have."""

    def __init__(self) -> None:
        self._heard: dict[int, int] = {}

    def rise(self, slot: int, count: int) -> int:
        """How many more than the slot's counter had told before. One that has fallen began anew; 0 tells nothing, as it
        is what a message says that leaves the field out.
        """
        if not count:
            return 0
        before, self._heard[slot] = self._heard.get(slot, 0), count
        return count - before if count >= before else count
