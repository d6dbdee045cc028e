"""How long the way to the server and back takes, less the server's part, as recent answers and refusals show it.

What counts is not the quickest way: answers that leave together arrive one after the other, and a budget ends when the
last of them is there. Not the slowest either, or one stall of the network would refuse everything. Refusals are
measured too: they are what comes back when too much is taken off.
"""

from collections import deque

from bridge.client.answers import MICROS

_RECENT = 32
_MOST = 0.7


class Link:
    """The way to one server, as the answers of one stream show it."""

    def __init__(self, first: float = 0.0) -> None:
        self._recent: deque[float] = deque([first] if first > 0 else [], maxlen=_RECENT)

    def measure(self, round_trip: float, server: float) -> None:
        """One answer came `round_trip` seconds after its request, of which `server` were the server's."""
        self._recent.append(max(0.0, round_trip - server))

    @property
    def seconds(self) -> float:
        """What most ways there and back take; 0 when not known yet."""
        return sorted(self._recent)[int(_MOST * len(self._recent))] if self._recent else 0.0

    @property
    def least(self) -> float:
        """The quickest way there and back."""
        return min(self._recent, default=0.0)

    @property
    def micros(self) -> int:
        """As the contract wants it."""
        return int(self.seconds * MICROS)
