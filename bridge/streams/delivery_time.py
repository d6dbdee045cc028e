"""Learns the delivery time: from a job's last slice to the transport (hop to the event loop, encoding, outbox).

The event loop delivers the answers of a flight one after the other, so the n-th takes `seconds + (n - 1) * each`. The
engine's deadline is earlier by `seconds`, and batches are sized with `each`. Kept per kind of work: a moving average
plus deviation of the first answer of a flight, and a moving average of what each further one adds to the one before.
The first alone bears the loop's delay, so that a stall before a flight is counted once, not once for each answer.

Samples are clipped, so that one stall of the event loop does not get the next requests refused; refusals let the
estimate decay, as they add no samples. Nor do answers that leave alone tell what another would add: what was learned of
that decays slowly, so that an estimate which keeps rows from flying together is tried again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

_WEIGHT = 0.1
_DECAY = 0.95
_FADE = 0.99  # at an answer that leaves alone: half is gone after 69, a second of a game
_FLOOR = 0.0002
_CEILING = 0.030
_EACH_FLOOR = 0.00005  # for clipping alone
_EACH_CEILING = 0.002
_CLIP = 3.0


@dataclass(slots=True)
class DeliveryTime:
    """The delivery time of one kind of work, in seconds."""

    mean: float = 0.0005  # of the first answer of a flight
    deviation: float = 0.0002
    each: float = 0.0  # more for each further one
    _position: int = 1  # of the last sample
    _took: float = 0.0

    @property
    def seconds(self) -> float:
        """The time to reserve in the budget for the first answer of a flight."""
        return min(_CEILING, max(_FLOOR, self.mean + self.deviation))

    def observe(self, took: float, position: int = 1) -> None:
        """Learn from one answer, the `position`-th since the event loop heard of its flight, counted from 1. Its time
        includes that of the answers before it.
        """
        if position > self._position:
            self.follow((took - self._took) / (position - self._position))
        else:
            self.begin(took, position - 1)
        self._position, self._took = position, took

    def follow(self, more: float) -> None:
        """Learn from an answer that was handed over `more` seconds after the one before."""
        more = min(more, _CLIP * max(_EACH_FLOOR, self.each))
        self.each = min(_EACH_CEILING, max(0.0, self.each + _WEIGHT * (more - self.each)))
        self._position = 2

    def begin(self, took: float, before: int) -> None:
        """The first answer of a flight that is observed, after `before` others: the error is split between the two
        estimates, mostly put down to whichever has the larger part in it.
        """
        took = min(took, _CLIP * (self.seconds + before * self.each))
        error = took - self.mean - before * self.each
        step = _WEIGHT * error / (1 + before * before)
        self.mean = max(0.0, self.mean + step)
        self.deviation += _WEIGHT * (abs(error) - self.deviation)
        self.each = min(_EACH_CEILING, max(0.0, self.each + before * step))
        if not before and self._position == 1:
            self.each *= _FADE
        self._position = 1

    def relax(self) -> None:
        """Decay after a refusal, which gives no sample."""
        self.mean *= _DECAY
        self.deviation *= _DECAY
        self.each *= _DECAY


class DeliveryTimes(dict[str, DeliveryTime]):
    """Those of all kinds of work. Answers have positions across all streams: the event loop delivers them in turn."""

    def __init__(self, works: Iterable[str]) -> None:
        super().__init__({work: DeliveryTime() for work in works})
        self._position = 0  # of the newest answer, since the event loop heard of a flight
        self._handed = 0.0  # when that was handed over
        self._known: set[str] = set()  # kinds of work of these answers

    def restart(self) -> None:
        """The event loop hears of a flight."""
        self._position = 0
        self._known.clear()

    def observe(self, work: str, at: float, now: float) -> None:
        """Learn from the next answer, which left the device at `at` and is handed over now. After another of its kind
        only the time since the last one counts: they may be of different flights.
        """
        if work in self._known:
            self[work].follow(now - self._handed)
        else:
            self._known.add(work)
            self[work].begin(now - at, self._position)
        self._position, self._handed = self._position + 1, now
