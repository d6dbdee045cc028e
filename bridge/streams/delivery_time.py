"""Learns how long an answer takes from the device's last slice to the transport: the hop to the loop, encoding, queue.

The engine's deadline is earlier by this much. Per kind of work a moving average and deviation, clipped, so that one
stall of the event loop does not refuse what follows; work that is refused lets it decay.
"""

from dataclasses import dataclass

_WEIGHT = 0.1
_DECAY = 0.95
_FLOOR = 0.0002
_CEILING = 0.030
_CLIP = 3.0


@dataclass(slots=True)
class DeliveryTime:
    """Of one kind of work, in seconds."""

    mean: float = 0.0005
    deviation: float = 0.0002

    @property
    def seconds(self) -> float:
        """To be taken off the budget."""
        return min(_CEILING, max(_FLOOR, self.mean + self.deviation))

    def observe(self, took: float) -> None:
        """Learn from one answer."""
        took = min(took, _CLIP * self.seconds)
        error = took - self.mean
        self.mean += _WEIGHT * error
        self.deviation += _WEIGHT * (abs(error) - self.deviation)

    def relax(self) -> None:
        """An answer was refused: nothing can be learned, so expect a little less."""
        self.mean *= _DECAY
        self.deviation *= _DECAY
