"""Who has used how much of the device lately, so that a tiny budget cannot buy all of it.

Each client's device time leaks away with a time constant of one second. A client that has used more than its equal
share of that second while others want the device goes behind those that have not. Alone, a client may use everything.

Pure: times are arguments.
"""

import math

_LEAK_SECONDS = 1.0
_LOAD_SECONDS = 0.5
_ALLOWANCE = 0.05  # seconds of device time above the share before it counts
_FORGET_BELOW = 1e-4


class Shares:
    """Leaky sums of device time by client."""

    def __init__(self) -> None:
        self._used: dict[str, tuple[float, float]] = {}  # client -> (seconds, as of)

    def charge(self, client: str, seconds: float, now: float) -> None:
        """A client's work held the device for `seconds`."""
        self._used[client] = (self.used(client, now) + seconds, now)

    def used(self, client: str, now: float) -> float:
        """Device seconds of a client, leaked until `now`."""
        seconds, since = self._used.get(client, (0.0, now))
        return seconds * math.exp((since - now) / _LEAK_SECONDS)

    def over(self, client: str, now: float, waiting: int) -> bool:
        """Whether a client is over its share while `waiting` clients, itself included, want the device."""
        if waiting <= 1:
            return False
        return self.used(client, now) > _LEAK_SECONDS / waiting + _ALLOWANCE

    def tidy(self, now: float) -> None:
        """Forget clients that have used nothing for long."""
        for client in [client for client in self._used if self.used(client, now) < _FORGET_BELOW]:
            del self._used[client]


class Load:
    """How much of the device's time some work takes: a leaky sum, like a client's."""

    def __init__(self) -> None:
        self._used, self._since = 0.0, 0.0

    def add(self, seconds: float, now: float) -> None:
        """The work held the device for `seconds`."""
        self._used, self._since = self.share(now) * _LOAD_SECONDS + seconds, now

    def share(self, now: float) -> float:
        """From 0 to 1."""
        return self._used * math.exp((self._since - now) / _LOAD_SECONDS) / _LOAD_SECONDS
