"""Predicts how long a slice holds the device, learned from measured slices.

Per (lane, batch, slice): a moving average and a moving deviation. An outlier is believed, and clipped, if the slice
before was one too; a single one is an interruption (`interruptions.py`), which says nothing of the lane. A prediction
is the average plus two deviations, and never falls as batches grow. While predictions refuse work they decay towards
their lowest value since warm-up, so that one spike cannot refuse for ever. Nor can a warm-up on a busy machine: other
work makes a slice slower, never faster, so a slice that takes less than half is believed at once.

Pure: knows no clock and no device.
"""

import math
from dataclasses import dataclass

from bridge.policy.work import CostKey

_WEIGHT = 0.1
_CLIP = 4.0
_MIN_DEVIATION = 0.02  # of the average; no machine is steadier than that
_DECAY = 0.3
_FAR = 0.5  # of the average; a faster slice proves the average wrong
_BELIEF = 0.5  # how far the average moves towards it; all the way if only warm-up has been measured


@dataclass(slots=True)
class _Estimate:
    floor: float  # lowest mean since warm-up; refusals let it decay to this
    mean: float
    deviation: float
    fresh: bool = True  # only warm-up has been measured
    outlier: bool = False  # the last slice was far slower than usual

    def observe(self, took: float) -> None:
        if took < _FAR * self.mean and took < self.mean - _CLIP * self.deviation:
            self._fall(took)
        else:
            self._follow(took)
        self.fresh = False
        self.floor = min(self.floor, self.mean)

    def _fall(self, took: float) -> None:
        believed = took if self.fresh else self.mean + _BELIEF * (took - self.mean)
        self.deviation *= believed / self.mean
        self.mean = believed

    def _follow(self, took: float) -> None:
        ceiling = max(self.mean + _CLIP * self.deviation, 1.5 * self.mean)
        again, self.outlier = self.outlier, took > ceiling
        clipped = min(took, ceiling if again or not self.outlier else self.mean + self.deviation)
        error = clipped - self.mean
        self.mean += _WEIGHT * error
        self.deviation = max(self.deviation + _WEIGHT * (abs(error) - self.deviation), _MIN_DEVIATION * self.mean)

    def relax(self) -> None:
        if self.mean > self.floor:
            self.mean += _DECAY * (self.floor - self.mean)
        self.deviation += _DECAY * (_MIN_DEVIATION * self.mean - self.deviation)


@dataclass(frozen=True, slots=True)
class _Tail:
    """The rest of a flight from some slice on: sum of averages, and root of the summed squared deviations."""

    mean: float
    spread: float

    @property
    def bound(self) -> float:
        return self.mean + 2 * self.spread


class Latency:
    """Slice times by (lane, batch, slice), in seconds."""

    def __init__(self) -> None:
        self._estimates: dict[tuple[str, int], list[_Estimate]] = {}
        self._tails: dict[tuple[str, int], list[_Tail]] = {}
        self._bounds: dict[tuple[str, int], float] = {}  # of whole flights

    def warm(self, lane: str, batch: int, slices: list[float]) -> None:
        """Start from the slice times measured at warm-up."""
        estimates = [_Estimate(took, took, 2 * _MIN_DEVIATION * took) for took in slices]
        self._estimates[lane, batch] = estimates
        self._forget_tails(lane, batch)

    def forget(self, lane: str) -> None:
        """Forget a lane."""
        for table in (self._estimates, self._tails, self._bounds):
            for key in [key for key in table if key[0] == lane]:
                del table[key]

    def slices(self, lane: str, batch: int) -> int:
        """Number of slices in a flight of this batch size."""
        return len(self._estimates[lane, batch])

    def observe(self, key: CostKey, took: float) -> None:
        """Learn from one slice.

        Predictions for the rest of its flight do not depend on it, so they are recomputed after the last slice only.
        """
        estimates = self._estimates[key.lane, key.batch]
        estimates[key.slice].observe(took)
        if key.slice == len(estimates) - 1:
            self._forget_tails(key.lane, key.batch)

    def relax(self, lane: str) -> None:
        """Work was refused on these predictions: decay them towards their floor."""
        for (name, batch), estimates in self._estimates.items():
            if name == lane:
                for estimate in estimates:
                    estimate.relax()
                self._forget_tails(name, batch)

    def slice_mean(self, key: CostKey) -> float:
        """Average time of one slice."""
        return self._estimates[key.lane, key.batch][key.slice].mean

    def slice_bound(self, key: CostKey) -> float:
        """Upper bound for one slice."""
        estimate = self._estimates[key.lane, key.batch][key.slice]
        return estimate.mean + 2 * estimate.deviation

    def bound(self, lane: str, batch: int, start: int = 0) -> float:
        """Upper bound for a flight from slice `start` on. From 0 it never falls as batches grow."""
        if start:
            return self._tail(lane, batch, start).bound
        known = self._bounds.get((lane, batch))
        if known is None:
            own = self._tail(lane, batch, 0).bound
            known = self._bounds[lane, batch] = own if batch == 1 else max(own, self.bound(lane, batch - 1))
        return known

    def floor(self, lane: str) -> float:
        """The lowest mean of a batch of one since warm-up."""
        return sum(estimate.floor for estimate in self._estimates[lane, 1])

    def is_doubtful(self, lane: str, batch: int) -> bool:
        """Whether a flight of this size has not run since warm-up, which measured its rows to be faster in two flights:
        a sign that the machine was busy then.
        """
        if batch == 1 or not self._estimates[lane, batch][0].fresh:
            return False
        return self.mean(lane, batch) > self.mean(lane, batch - 1) + self.mean(lane, 1)

    def mean(self, lane: str, batch: int, start: int = 0) -> float:
        """Average time of a flight from slice `start` on."""
        tails = self._tails.get((lane, batch))
        return tails[start].mean if tails is not None else self._tail(lane, batch, start).mean

    def _tail(self, lane: str, batch: int, start: int) -> _Tail:
        tails = self._tails.get((lane, batch))
        if tails is None:
            tails = self._tails[lane, batch] = _sum_tails(self._estimates[lane, batch])
        return tails[start]

    def _forget_tails(self, lane: str, batch: int) -> None:
        self._tails.pop((lane, batch), None)
        while self._bounds.pop((lane, batch), None) is not None:  # larger batches are bounded by this one
            batch += 1


def _sum_tails(estimates: list[_Estimate]) -> list[_Tail]:
    tails = [_Tail(0.0, 0.0)]
    for estimate in reversed(estimates):
        last = tails[-1]
        tails.append(_Tail(last.mean + estimate.mean, math.hypot(last.spread, estimate.deviation)))
    return tails[::-1]
