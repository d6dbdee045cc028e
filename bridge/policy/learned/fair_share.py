"""Fair share: who used how much of the device lately, so that small budgets cannot buy all of it.

Device time leaks away with a time constant of one second. A client that has used more than an equal share of that
second, while others want the device, goes behind those that have not. Alone it may use everything. Shares hold between
identities first (by address for now), so that opening more sessions wins nothing, then between the clients of one
identity.

Pure: times are arguments.
"""

import math

from bridge.policy.work import Owner

_LEAK_SECONDS = 1.0
_LOAD_SECONDS = 0.5
_ALLOWANCE = 0.05  # seconds above the share before it counts
_FORGET_BELOW = 1e-4


class Shares:
    """Leaky sums of device time by identity and by client."""

    def __init__(self) -> None:
        self._used: dict[str | Owner, tuple[float, float]] = {}  # identity or client -> (seconds, as of)

    def charge(self, owner: Owner, seconds: float, now: float) -> None:
        """Charge a client for `seconds` of device time."""
        for who in (owner.identity, owner):
            used, since = self._used.get(who, (0.0, now))
            self._used[who] = (used * math.exp((since - now) / _LEAK_SECONDS) + seconds, now)

    def used(self, who: str | Owner, now: float) -> float:
        """Device seconds of an identity or a client, leaked until `now`."""
        seconds, since = self._used.get(who, (0.0, now))
        return seconds * math.exp((since - now) / _LEAK_SECONDS)

    def rank(self, owner: Owner, now: float, identities: int, clients: int) -> int:
        """A client's rank while this many identities, and clients of its identity, want the device: 2 if its identity
        is above its share, 1 if the client is above its share of that, else 0.
        """
        share = _LEAK_SECONDS / max(1, identities)
        if identities > 1 and self.used(owner.identity, now) > share + _ALLOWANCE:
            return 2
        return int(clients > 1 and self.used(owner, now) > share / clients + _ALLOWANCE)

    def above(self, owner: Owner, more: float, now: float, identities: int, clients: int) -> tuple[float, float]:
        """Seconds by which `more` work would put an identity above its share, and a client above its part of that; 0 if
        below. For work in pieces as long as a share: ranks would let whoever is due first have several in a row.
        """
        share = _LEAK_SECONDS / max(1, identities)
        theirs, own = self.used(owner.identity, now) + more, self.used(owner, now) + more
        return (max(0.0, theirs - share) if identities > 1 else 0.0), max(0.0, own - share / max(1, clients))

    def tidy(self, now: float) -> None:
        """Forget owners that have used nothing for long."""
        for who in [who for who in self._used if self.used(who, now) < _FORGET_BELOW]:
            del self._used[who]


class Load:
    """How much of the device some work takes: a leaky sum, like a client's."""

    def __init__(self) -> None:
        self._used, self._since = 0.0, 0.0

    def add(self, seconds: float, now: float) -> None:
        """Charge `seconds` of device time."""
        self._used, self._since = self._used * math.exp((self._since - now) / _LOAD_SECONDS) + seconds, now

    def share(self, now: float) -> float:
        """Share of the device's time, from 0 to 1."""
        return self._used * math.exp((self._since - now) / _LOAD_SECONDS) / _LOAD_SECONDS
