"""What a client says came too late by its own clock: counters that only rise while its stream lasts."""


class LateCounts:
    """The counters of one stream, by slot. There are no more slots than the stream may have."""

    def __init__(self) -> None:
        self._heard: dict[int, int] = {}

    def rise(self, slot: int, count: int) -> int:
        """The increase since the last message. A lower value: the client restarted; 0: the field was not sent."""
        if not count:
            return 0
        before, self._heard[slot] = self._heard.get(slot, 0), count
        return count - before if count >= before else count
