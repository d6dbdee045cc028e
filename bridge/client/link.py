"""How long the way to the server and back takes, less the server's part: the smallest recent one."""

from collections import deque

from bridge.client.answers import MICROS

_RECENT = 32


class Link:
    """The way to one server, as the answers of one stream show it."""

    def __init__(self, first: float = 0.0) -> None:
        self._recent: deque[float] = deque([first] if first > 0 else [], maxlen=_RECENT)

    def measure(self, round_trip: float, server: float) -> None:
        """One answer came `round_trip` seconds after its request, of which `server` were the server's."""
        self._recent.append(max(0.0, round_trip - server))

    @property
    def seconds(self) -> float:
        """The way there and back; 0 when not known yet."""
        return min(self._recent, default=0.0)

    @property
    def micros(self) -> int:
        """As the contract wants it."""
        return int(self.seconds * MICROS)
