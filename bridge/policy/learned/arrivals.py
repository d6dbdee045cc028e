"""Predicts a lane's next arrivals, to decide whether waiting for a larger batch pays.

Games send in bursts, one per frame. A burst is a run of one client's arrivals close together. Its usual size, length
and period are learned per client, since games do not tick together. They predict whether the current burst is complete,
and when the next one starts. Waiting without these bounds ruins lone requests; not waiting at all costs a flight for
the first request of every burst.

Pure: times are arguments.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

_WEIGHT = 0.2
_SPAN_DEVIATIONS = 4.0  # cutting a burst short costs a flight, waiting a little longer almost nothing
_LEAST_PART = 0.25  # of a flight: wait at least this long for the rest of a burst, however short it usually is
_LONGEST_GAP = 0.004  # between arrivals of one burst
_STEADY = 0.25  # a period that deviates by more than this share predicts nothing
_FORGET_SECONDS = 2.0
_SILENCE_SECONDS = 0.5  # after which the game may be in another scene
_CLIENTS = 256
_REMEMBERED = 4  # bursts


@dataclass(slots=True)
class _Rhythm:
    """The bursts of one client."""

    last: float = -math.inf
    began: float = -math.inf  # start of the current burst
    count: int = 0  # arrivals of the current burst so far
    counts: deque[int] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))  # of past bursts
    broke_silence: bool = False  # whether the current burst did
    span: float = 0.0  # from a burst's first arrival to its last
    span_deviation: float = 0.0
    period: float = 0.0  # 0 until two bursts have been seen
    deviation: float = math.inf
    window: float = 0.0  # duration of a flight

    def note(self, now: float, window: float) -> None:
        self.window = window
        gap = now - self.last
        if gap <= min(window, _LONGEST_GAP):
            self.count += 1
        else:
            if self.count:
                self._note_burst()
                self._note_period(now - self.began)
            self.began, self.count, self.broke_silence = now, 1, gap > _SILENCE_SECONDS
        self.last = now

    def _note_burst(self) -> None:
        if self.broke_silence:
            self.counts.clear()
        self.counts.append(self.count)
        error = self.last - self.began - self.span
        self.span += _WEIGHT * error
        self.span_deviation += _WEIGHT * (abs(error) - self.span_deviation)

    @property
    def usual_count(self) -> int:
        """The second largest of the last bursts: growth is believed after two bursts, shrinkage after three, and a
        single burst swollen or split by a stall changes nothing. The first burst after a silence is believed at once.
        """
        return sorted(self.counts)[-2:][0] if self.counts else 1

    def _note_period(self, period: float) -> None:
        if not self.period or period > _FORGET_SECONDS:
            self.period, self.deviation = min(period, _FORGET_SECONDS), period
            return
        error = period - self.period
        self.period += _WEIGHT * error
        self.deviation += _WEIGHT * (abs(error) - self.deviation)

    def burst_until(self, now: float) -> float:
        """Until when another arrival of the current burst is expected; `now` or earlier for none."""
        if self.count >= self.usual_count:
            return now
        usual = self.span + _SPAN_DEVIATIONS * self.span_deviation
        return min(self.began + max(usual, _LEAST_PART * self.window), self.last + _LONGEST_GAP)

    def next_burst(self, now: float) -> float:
        """When the next burst should have started at the latest; infinity if unpredictable or overdue."""
        if self.deviation > _STEADY * self.period:
            return math.inf
        expected = self.began + self.period + 2 * self.deviation
        return expected if expected > now else math.inf


class Arrivals:
    """The arrival patterns of one lane's clients."""

    def __init__(self) -> None:
        self._rhythms: dict[str, _Rhythm] = {}

    def __len__(self) -> int:
        return len(self._rhythms)

    def note(self, client: str, now: float, window: float) -> None:
        """Record an arrival. `window` is how long a flight takes: arrivals further apart cannot share one."""
        rhythm = self._rhythms.get(client)
        if rhythm is None:
            self._forget(now)
            rhythm = self._rhythms[client] = _Rhythm()
        rhythm.note(now, window)

    def expected_until(self, now: float) -> float:
        """Until when another arrival of any current burst is expected; `now` or earlier for none."""
        return max((rhythm.burst_until(now) for rhythm in self._rhythms.values()), default=now)

    def following(self, now: float) -> Iterator[tuple[float, int]]:
        """The next bursts: when each should have started at the latest, and the cumulative number of arrivals."""
        coming = [(rhythm.next_burst(now), rhythm.usual_count) for rhythm in self._rhythms.values()]
        total = 0
        for at, count in sorted(burst for burst in coming if burst[0] < math.inf):
            total += count
            yield at, total

    def _forget(self, now: float) -> None:
        for client in [name for name, rhythm in self._rhythms.items() if now - rhythm.last > _FORGET_SECONDS]:
            del self._rhythms[client]
        if len(self._rhythms) >= _CLIENTS:
            del self._rhythms[min(self._rhythms, key=lambda name: self._rhythms[name].last)]
