"""How long pictures take to decode: seconds a pixel by how they are stored, learned.

What a picture holds decides too (noise takes three times as long as a clear sky), so its time is known by a mean and a
deviation only: it is ordered by the mean, and given up by the least that it may take.

Pure: no clock.
"""

from dataclasses import dataclass

_WEIGHT = 0.2
_CLIP = 3.0  # times the mean: one stall of the machine does not refuse what follows
_DECAY = 0.95
_FIXED = 0.001  # seconds of a picture of any size
# Seconds a pixel to begin with, at the lower end of what was measured on one core of an EPYC with AVX2.
_FIRST = {"JPEG": 2e-9, "JPEG in scans": 6e-9, "PNG": 15e-9, "PNG of 16 bits": 40e-9, "WEBP": 16e-9, "raw": 2e-9}
_UNKNOWN = 2e-9


@dataclass(slots=True)
class _Rate:
    mean: float
    deviation: float = 0.0


class DecodeCosts:
    """What is known by kind of picture."""

    def __init__(self) -> None:
        self._rates: dict[str, _Rate] = {}

    def expected(self, kind: str, pixels: int) -> float:
        """Seconds that a picture takes, most likely."""
        return _FIXED + pixels * self._rate(kind).mean

    def least(self, kind: str, pixels: int) -> float:
        """Seconds that it takes even if it is a simple one."""
        rate = self._rate(kind)
        return pixels * max(rate.mean / 2, rate.mean - 2 * rate.deviation)

    def observe(self, kind: str, pixels: int, took: float) -> None:
        """Learn from one picture."""
        rate = self._rate(kind)
        error = min(max(0.0, took - _FIXED) / pixels, _CLIP * rate.mean) - rate.mean
        rate.mean += _WEIGHT * error
        rate.deviation += _WEIGHT * (abs(error) - rate.deviation)

    def relax(self, kind: str) -> None:
        """A picture was given up: nothing can be learned, so expect a little less."""
        rate = self._rate(kind)
        rate.mean *= _DECAY
        rate.deviation *= _DECAY

    def _rate(self, kind: str) -> _Rate:
        if kind not in self._rates:
            self._rates[kind] = _Rate(_FIRST.get(kind, _UNKNOWN))
        return self._rates[kind]
