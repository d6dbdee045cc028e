"""When to admit a job that no prediction says can be on time: predictions may be wrong, and only running shows it.

Kept per sequence of lanes, so that a job for a slow encoder does not use up the turn of one for the model alone. The
first probe is allowed two intervals after the first refusal, or at once if the lanes have been fast enough before. The
next waits for an interval, which doubles while the prediction stays the same; a job with more time than earlier probes
waits for the first interval only, since those may have failed for lack of time. A probe that leaves before it starts
frees its turn.

Pure: times are arguments.
"""

from dataclasses import dataclass

_LEARNED = 0.9  # of the previous prediction; anything less is news
_MORE = 1.25  # times the time that earlier probes had

Lanes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Probe:
    at: float
    wait: float  # until the next probe, if nothing is learned
    needs: float  # seconds predicted then
    has: float  # seconds left then
    before: "_Probe | None"


class Probes:
    """The latest probe of each sequence of lanes."""

    def __init__(self, interval: float, longest: float) -> None:
        self._interval = interval
        self._longest = longest
        self._newest: dict[Lanes, _Probe] = {}

    def take(self, lanes: Lanes, needs: float, has: float, now: float, *, likely: bool) -> bool:
        """Whether a job with `has` seconds left may try lanes predicted to take `needs`; `likely` if they have been
        that fast before.
        """
        if has <= 0:
            return False
        last = self._newest.get(lanes)
        if last is None:
            wait = self._interval if likely else 2 * self._interval
            self._newest[lanes] = _Probe(now, wait, needs, has, None)
            return likely
        learned = needs < _LEARNED * last.needs
        soon = likely or learned or has > _MORE * last.has
        if now - last.at < (self._interval if soon else last.wait):
            return False
        wait = self._interval if learned else min(2 * last.wait, self._longest)
        most = has if learned else max(has, last.has)
        self._newest[lanes] = _Probe(now, wait, needs, most, _Probe(last.at, last.wait, last.needs, last.has, None))
        return True

    def give_back(self, lanes: Lanes) -> None:
        """Undo the latest probe of these lanes, which left before it started."""
        last = self._newest.pop(lanes, None)
        if last is not None and last.before is not None:
            self._newest[lanes] = last.before
