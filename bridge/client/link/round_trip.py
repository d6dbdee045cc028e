"""Estimates the link's round trip, without the server's own time, from recent answers and refusals.

Not the minimum: answers that leave together arrive one after the other, and a budget ends when the last one is there.
Not the maximum either, or one network stall would refuse everything. Refusals are measured too, since they are all that
comes back once the estimate is too high.
"""

from collections import deque

from bridge.client.answers import MICROS

_RECENT = 32
_MOST = 0.7


class Link:
    """The link to one server, measured on one stream."""

    def __init__(self, first: float = 0.0) -> None:
        self._recent: deque[float] = deque([first] if first > 0 else [], maxlen=_RECENT)
        self._seconds: float | None = None  # the estimate, once it has been asked for

    def measure(self, round_trip: float, server: float) -> None:
        """Record an answer that took `round_trip` seconds, `server` of them on the server."""
        self._recent.append(max(0.0, round_trip - server))
        self._seconds = None

    @property
    def seconds(self) -> float:
        """The round trip that most answers keep to (the 70th percentile); 0 if unknown."""
        if self._seconds is None:  # requests are more often sent than answers come: those of a frame go up together
            self._seconds = sorted(self._recent)[int(_MOST * len(self._recent))] if self._recent else 0.0
        return self._seconds

    @property
    def least(self) -> float:
        """The shortest recent round trip."""
        return min(self._recent, default=0.0)

    @property
    def micros(self) -> int:
        """The estimate for the wire."""
        return int(self.seconds * MICROS)
