"""Expects the next arrivals of a lane, to decide whether waiting for a fuller batch pays.

Games send in bursts, one a frame. A burst is a row of one client's arrivals close together; its usual size, its usual
length and the period from burst to burst are learned, for each client by itself, since games do not tick together. So
two things can be told: whether more of the present burst is to come, and when the next ones begin. Waiting without
these bounds ruins the lone request; not waiting at all costs a flight for the first of every burst.

Pure: times are arguments.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

_WEIGHT = 0.2
_SPAN_DEVIATIONS = 4.0  # a burst that is cut short costs a flight, waiting a little longer almost nothing
_LEAST_PART = 0.25  # of a flight that the rest of a burst is waited for, however quickly it usually comes
_LONGEST_GAP = 0.004  # between arrivals of one burst
_STEADY = 0.25  # a period that deviates more than this part of itself promises nothing
_FORGET_SECONDS = 2.0
_SILENCE_SECONDS = 0.5  # after which a client may be in another scene
_CLIENTS = 256
_REMEMBERED = 4  # bursts


@dataclass(slots=True)
class _Rhythm:
    """The bursts of one client."""

    last: float = -math.inf
    began: float = -math.inf  # the present burst
    count: int = 0  # its arrivals so far
    counts: deque[int] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))  # of the bursts before
    broke_silence: bool = False  # the present burst did
    span: float = 0.0  # from a burst's first arrival to its last
    span_deviation: float = 0.0
    period: float = 0.0  # 0 until two bursts have been seen
    deviation: float = math.inf
    window: float = 0.0  # how long a flight takes

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
        """The second largest of the last bursts: a game that asks for more is believed after two, one that asks for
        less after three, and one burst that a stall has swollen or cut in two changes nothing. The first after a
        silence is believed at once.
        """
        return sorted(self.counts)[-2:][0] if self.counts else 1

    def _note_period(self, period: float) -> None:
        if not self.period or period > _FORGET_SECONDS:
            self.period, self.deviation = min(period, _FORGET_SECONDS), period
            return
        error = period - self.period
        self.period += _WEIGHT * error
        self.deviation += _WEIGHT * (abs(error) - self.deviation)

    def rest_until(self, now: float) -> float:
        """Until when another arrival of the present burst is expected; `now` or earlier when none is."""
        if self.count >= self.usual_count:
            return now
        usual = self.span + _SPAN_DEVIATIONS * self.span_deviation
        return min(self.began + max(usual, _LEAST_PART * self.window), self.last + _LONGEST_GAP)

    def next_burst(self, now: float) -> float:
        """When the next burst should have begun at the latest; infinity when it cannot be told, or should have been."""
        if self.deviation > _STEADY * self.period:
            return math.inf
        expected = self.began + self.period + 2 * self.deviation
        return expected if expected > now else math.inf


class Arrivals:
    """The rhythms of one lane's clients."""

    def __init__(self) -> None:
        self._rhythms: dict[str, _Rhythm] = {}

    def __len__(self) -> int:
        return len(self._rhythms)

    def note(self, client: str, now: float, window: float) -> None:
        """One arrival. `window` is how long a flight takes: arrivals further apart cannot share one."""
        rhythm = self._rhythms.get(client)
        if rhythm is None:
            self._forget(now)
            rhythm = self._rhythms[client] = _Rhythm()
        rhythm.note(now, window)

    def expected_until(self, now: float) -> float:
        """Until when another arrival of a present burst is expected; `now` or earlier when none is."""
        return max((rhythm.rest_until(now) for rhythm in self._rhythms.values()), default=now)

    def following(self, now: float) -> Iterator[tuple[float, int]]:
        """The bursts to come: when each should have begun at the latest, and how many arrivals by then altogether."""
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
