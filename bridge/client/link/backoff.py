"""When to try again after a connection was lost. Pure: times are arguments, in seconds."""

import random

STEADY_SECONDS = 10.0  # of service after which a loss is the first one again
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 2.0
_JITTER = 0.5


class Backoff:
    """The pauses between tries: none after good service, then doubled each time up to the longest, each shortened by up
    to half so that the clients of a restarted server do not come all at once.

    A server that takes connections and drops them at once is no good service: pauses go on growing over such
    connections, and `patience` runs from the first loss on.
    """

    def __init__(self, patience: float, seed: int | None = None) -> None:
        self._patience = patience
        self._random = random.Random(seed)
        self._tries = 0
        self._lost_at = 0.0
        self._connected_at: float | None = None

    def connected(self, now: float) -> None:
        """A handshake has succeeded."""
        self._connected_at = now

    def lost(self, now: float) -> None:
        """The connection was lost."""
        if self._tries == 0 or (self._connected_at is not None and now - self._connected_at >= STEADY_SECONDS):
            self._tries, self._lost_at = 0, now
        self._connected_at = None

    def next(self, now: float) -> float | None:
        """How long to wait before the next try; None when patience is at an end."""
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(self._tries - 1, 16)) if self._tries else 0.0
        pause = longest * (1.0 - _JITTER * self._random.random())
        if self._tries and now + pause > self._lost_at + self._patience:
            return None
        self._tries += 1
        return pause
