"""When a job may be tried although no prediction says that it can be on time: predictions may be wrong, and only work
shows it.

By the lanes that the job would go through, so that one that waits for a slow encoder does not use up the turn of one
that waits for the model. The first is tried when two intervals have passed since the first refusal, or at once where
the lanes have been quick enough before. The next one waits for an interval, which doubles while the prediction stays
what it was; a job with more time than those before it need not wait longer than at first: they may have failed for lack
of time. One that leaves before it has started gives its turn back.

Pure: times are arguments.
"""

from dataclasses import dataclass

_LEARNED = 0.9  # of what was predicted before: less than that is news
_MORE = 1.25  # times the time of those before

Lanes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Probe:
    at: float
    wait: float  # until the next one, if nothing is learned
    needs: float  # seconds, as predicted then
    has: float  # seconds
    before: "_Probe | None"


class Probes:
    """The newest probe of each sequence of lanes."""

    def __init__(self, interval: float, longest: float) -> None:
        self._interval = interval
        self._longest = longest
        self._newest: dict[Lanes, _Probe] = {}

    def take(self, lanes: Lanes, needs: float, has: float, now: float, *, likely: bool) -> bool:
        """Whether a job that has `has` seconds left may try what is predicted to take `needs`; `likely` where that has
        been quick enough before.
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
        """The newest probe of these lanes has left before it started."""
        last = self._newest.pop(lanes, None)
        if last is not None and last.before is not None:
            self._newest[lanes] = last.before
