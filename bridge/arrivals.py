"""Expects the next arrival of a lane, to decide whether waiting for a fuller batch pays.

Games send in bursts, one a frame. A burst is a row of arrivals closer together than one flight takes; its usual size
and its usual gap are learned. Another arrival is expected while the present burst is smaller than usual. Waiting
without this bound ruins the lone request; not waiting at all costs a flight for the first of every burst.

Pure: times are arguments.
"""

import math

_WEIGHT = 0.2
_PATIENCE = 2.0  # gaps to wait after the last arrival


class Arrivals:
    """The rhythm of one lane."""

    def __init__(self) -> None:
        self._last = -math.inf
        self._count = 0  # arrivals of the present burst
        self._usual_count = 1.0
        self._usual_gap = 0.0

    def note(self, now: float, window: float) -> None:
        """One arrival. `window` is how long a flight takes: arrivals further apart cannot share one."""
        gap = now - self._last
        if gap <= window:
            self._count += 1
            self._usual_gap += _WEIGHT * (gap - self._usual_gap)
        else:
            if self._count:
                self._usual_count += _WEIGHT * (self._count - self._usual_count)
            self._count = 1
        self._last = now

    def expected_until(self, now: float) -> float:
        """Until when another arrival of this burst is expected; `now` or earlier when none is."""
        if self._count + 0.5 > self._usual_count:
            return now
        return self._last + _PATIENCE * self._usual_gap
