"""How long pictures take to decode: seconds a pixel by how they are stored, learned.

What a picture holds decides too (noise takes three times as long as a clear sky), so its time is known by a mean and a
deviation only: it is ordered by the mean, and given up by the least that it may take. Each identity is learned by
itself: pictures made to take long must not have another's given up.

Pure: no clock.
"""

from dataclasses import dataclass

_WEIGHT = 0.2
_CLIP = 3.0  # times the mean: one stall of the machine does not refuse what follows
_DECAY = 0.95
_FIXED = 0.001  # seconds of a picture of any size
_TELLING_PIXELS = 100_000  # a smaller picture tells little of what a pixel takes
_MOST_RATES = 4096
# Seconds a pixel to begin with, at the lower end of what was measured on one core of an EPYC with AVX2.
_FIRST = {"JPEG": 2e-9, "JPEG in scans": 6e-9, "PNG": 15e-9, "PNG of 16 bits": 40e-9, "WEBP": 16e-9, "raw": 2e-9}


@dataclass(slots=True)
class _Rate:
    mean: float
    deviation: float = 0.0


class DecodeCosts:
    """What is known by identity and kind of picture. `work` is the pixels that are gone over."""

    def __init__(self) -> None:
        self._rates: dict[tuple[str, str], _Rate] = {}

    def expected(self, identity: str, kind: str, work: int) -> float:
        """Seconds that a picture takes, most likely."""
        return _FIXED + work * self._rate(identity, kind).mean

    def least(self, identity: str, kind: str, work: int) -> float:
        """Seconds that it takes even if it is a simple one."""
        rate = self._rate(identity, kind)
        return work * max(rate.mean / 2, rate.mean - 2 * rate.deviation)

    def observe(self, identity: str, kind: str, work: int, took: float) -> None:
        """Learn from one picture."""
        rate = self._rates.setdefault((identity, kind), self._rate(identity, kind))
        weight = _WEIGHT * work / (work + _TELLING_PIXELS)
        error = min(max(0.0, took - _FIXED) / work, _CLIP * rate.mean) - rate.mean
        rate.mean += weight * error
        rate.deviation += weight * (abs(error) - rate.deviation)
        if len(self._rates) > _MOST_RATES:
            del self._rates[next(iter(self._rates))]

    def relax(self, identity: str, kind: str) -> None:
        """A picture was given up: nothing can be learned, so expect a little less."""
        rate = self._rates.setdefault((identity, kind), self._rate(identity, kind))
        rate.mean *= _DECAY
        rate.deviation *= _DECAY

    def _rate(self, identity: str, kind: str) -> _Rate:
        return self._rates.get((identity, kind)) or _Rate(_FIRST[kind])
