"""Learned decode times: seconds per pixel for each way that pictures are stored.

Content matters too (noise takes three times as long as a clear sky), so a time is a mean and a deviation: pictures are
ordered by the mean, and dropped only if even an optimistic estimate is too long. Each identity is learned separately:
one client's slow pictures must not get another's dropped.

Pure: no clock.
"""

from dataclasses import dataclass

_WEIGHT = 0.2
_CLIP = 3.0  # times the mean: an outlier from a stall does not cause refusals
_DECAY = 0.95
_FIXED = 0.001  # seconds, for a picture of any size
_TELLING_PIXELS = 100_000  # a smaller picture says little about the time per pixel
_MOST_RATES = 4096
# Initial seconds per pixel, at the lower end of what was measured on one core of an EPYC with AVX2.
_FIRST = {"JPEG": 2e-9, "JPEG in scans": 6e-9, "PNG": 15e-9, "PNG of 16 bits": 40e-9, "WEBP": 16e-9, "raw": 2e-9}


@dataclass(slots=True)
class _Rate:
    mean: float
    deviation: float = 0.0


class DecodeCosts:
    """Decode times by identity and kind of picture. `work` is the number of pixels processed."""

    def __init__(self) -> None:
        self._rates: dict[tuple[str, str], _Rate] = {}

    def expected(self, identity: str, kind: str, work: int) -> float:
        """The expected seconds for a picture."""
        return _FIXED + work * self._rate(identity, kind).mean

    def least(self, identity: str, kind: str, work: int) -> float:
        """A lower bound: the seconds for an easy picture of this size."""
        rate = self._rate(identity, kind)
        return work * max(rate.mean / 2, rate.mean - 2 * rate.deviation)

    def observe(self, identity: str, kind: str, work: int, took: float) -> None:
        """Update the moving averages with one picture."""
        rate = self._rates.setdefault((identity, kind), self._rate(identity, kind))
        weight = _WEIGHT * work / (work + _TELLING_PIXELS)
        error = min(max(0.0, took - _FIXED) / work, _CLIP * rate.mean) - rate.mean
        rate.mean += weight * error
        rate.deviation += weight * (abs(error) - rate.deviation)
        if len(self._rates) > _MOST_RATES:
            del self._rates[next(iter(self._rates))]

    def relax(self, identity: str, kind: str) -> None:
        """Lower the estimate a little: a picture was dropped because of it, so nothing was measured."""
        rate = self._rates.setdefault((identity, kind), self._rate(identity, kind))
        rate.mean *= _DECAY
        rate.deviation *= _DECAY

    def _rate(self, identity: str, kind: str) -> _Rate:
        return self._rates.get((identity, kind)) or _Rate(_FIRST[kind])
