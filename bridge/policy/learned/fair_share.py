"""Who has used how much of the device lately, so that a tiny budget cannot buy all of it.

Device time leaks away with a time constant of one second. Who has used more than an equal share of that second, while
others want the device, goes behind those that have not. Alone, one may use everything. Shares hold on two levels:
between identities first (whoever is behind a client, by address for now), so that opening more sessions wins nothing,
and then between the clients of one identity.

Pure: times are arguments.
"""

import math

from bridge.policy.work import Owner

_LEAK_SECONDS = 1.0
_LOAD_SECONDS = 0.5
_ALLOWANCE = 0.05  # seconds of device time above the share before it counts
_FORGET_BELOW = 1e-4


class Shares:
    """Leaky sums of device time by identity, and by client."""

    def __init__(self) -> None:
        self._used: dict[str | Owner, tuple[float, float]] = {}  # identity or client -> (seconds, as of)

    def charge(self, owner: Owner, seconds: float, now: float) -> None:
        """A client's work held the device for `seconds`."""
        for who in (owner.identity, owner):
            self._used[who] = (self.used(who, now) + seconds, now)

    def used(self, who: str | Owner, now: float) -> float:
        """Device seconds of an identity or a client, leaked until `now`."""
        seconds, since = self._used.get(who, (0.0, now))
        return seconds * math.exp((since - now) / _LEAK_SECONDS)

    def rank(self, owner: Owner, now: float, identities: int, clients: int) -> int:
        """How far back a client goes while so many identities, and clients of its own identity, want the device: 2 when
        its identity has used more than its share, 1 when the client has used more than its share of that, else 0.
        """
        share = _LEAK_SECONDS / max(1, identities)
        if identities > 1 and self.used(owner.identity, now) > share + _ALLOWANCE:
            return 2
        return int(clients > 1 and self.used(owner, now) > share / clients + _ALLOWANCE)

    def above(self, owner: Owner, more: float, now: float, identities: int, clients: int) -> tuple[float, float]:
        """Seconds above its share that an identity would have used with `more`, and a client above its share of that; 0
        for less. For work in pieces that take as long as a share: by rank, who is due first would have several of them.
        """
        share = _LEAK_SECONDS / max(1, identities)
        theirs, own = self.used(owner.identity, now) + more, self.used(owner, now) + more
        return (max(0.0, theirs - share) if identities > 1 else 0.0), max(0.0, own - share / max(1, clients))

    def tidy(self, now: float) -> None:
        """Forget who has used nothing for long."""
        for who in [who for who in self._used if self.used(who, now) < _FORGET_BELOW]:
            del self._used[who]


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
