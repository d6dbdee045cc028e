"""Learns the delivery time: from a job's last slice to the transport (hop to the event loop, encoding, outbox).

The engine's deadline is earlier by this much. A moving average plus deviation per kind of work. Samples are clipped, so
that one stall of the event loop does not get the next requests refused; refusals let the estimate decay, as they add no
samples.
"""

from dataclasses import dataclass

_WEIGHT = 0.1
_DECAY = 0.95
_FLOOR = 0.0002
_CEILING = 0.030
_CLIP = 3.0


@dataclass(slots=True)
class DeliveryTime:
    """The delivery time of one kind of work, in seconds."""

    mean: float = 0.0005
    deviation: float = 0.0002

    @property
    def seconds(self) -> float:
        """The time to reserve in the budget."""
        return min(_CEILING, max(_FLOOR, self.mean + self.deviation))

    def observe(self, took: float) -> None:
        """Learn from one answer."""
        took = min(took, _CLIP * self.seconds)
        error = took - self.mean
        self.mean += _WEIGHT * error
        self.deviation += _WEIGHT * (abs(error) - self.deviation)

    def relax(self) -> None:
        """Decay after a refusal, which gives no sample."""
        self.mean *= _DECAY
        self.deviation *= _DECAY
