"""How often a running device is interrupted, for how long, and so how much time a run should have in reserve.

Other processes take the core away for some milliseconds now and then. That belongs to no lane: the longer a run, the
more interruptions it meets. So the estimator is shared by all lanes. A slice that takes far longer than its lane's
slices usually do was interrupted. The rate is per second of running; the reserve covers all but one run in a hundred.

A single stall proves no rate, and a long one is clipped, since no reserve would have helped. Memory leaks in seconds of
the clock, so that noise is forgotten even while nothing runs. On a quiet device the reserve is zero.

Pure: times are arguments.
"""

import math

_MEMORY_SECONDS = 5.0
_PRIOR_SECONDS = 0.5  # of running without an interruption, believed before anything is known
_UNPROVEN = 1.0  # interruptions that are not counted
_LONGEST = 0.025
_LEAST = 0.001  # a slice this much longer than usual, and by _FAR of what is usual, was interrupted
_FAR = 0.5
_RISK = 0.01  # share of runs that may take longer than the reserve
_MOST = 50  # interruptions of one run


class Interruptions:
    """Leaky counts of interruptions, and of the running time in which they came."""

    def __init__(self) -> None:
        self._running = 0.0
        self._count = 0.0
        self._length = 0.0  # sum over the interruptions
        self._square = 0.0  # sum of their squared lengths
        self._since = 0.0
        self.none_are_known = True  # nothing is in reserve for any run

    def observe(self, usual: float, took: float, now: float) -> None:
        """Learn from a slice that took `took` seconds, in a lane where it usually takes `usual`."""
        kept = math.exp(min(0.0, self._since - now) / _MEMORY_SECONDS)
        self._since = now
        over = took - usual
        hit = over > max(_LEAST, _FAR * usual)
        over = min(over, _LONGEST) if hit else 0.0
        self._running = self._running * kept + min(took, usual)
        self._count = self._count * kept + hit
        self.none_are_known = self._count <= _UNPROVEN
        self._length = self._length * kept + over
        self._square = self._square * kept + over * over

    def rate(self, now: float) -> float:
        """Interruptions per second of running."""
        kept = math.exp(min(0.0, self._since - now) / _MEMORY_SECONDS)
        return max(0.0, self._count * kept - _UNPROVEN) / (self._running * kept + _PRIOR_SECONDS)

    def expected(self, seconds: float, now: float) -> float:
        """How much longer a run of `seconds` takes on average."""
        rate = self.rate(now)
        return rate * seconds * self._length / self._count if rate else 0.0

    def reserve(self, seconds: float, now: float) -> float:
        """How much longer a run of `seconds` may take: exceeded by one run in a hundred."""
        if self._count <= _UNPROVEN:
            return 0.0
        hits = _quantile(self.rate(now) * seconds)
        if not hits:
            return 0.0
        length = self._length / self._count
        variance = max(0.0, self._square / self._count - length * length)
        return hits * length + math.sqrt(hits * variance)


def _quantile(expected: float) -> int:
    """The least number that a Poisson-distributed one exceeds with a probability of at most the risk."""
    chance = math.exp(-expected)
    covered, hits = chance, 0
    while covered < 1.0 - _RISK and hits < _MOST:
        hits += 1
        chance *= expected / hits
        covered += chance
    return hits
