"""Reconnection backoff. Pure: times are arguments, in seconds."""

import random

STEADY_SECONDS = 10.0  # a connection that lasted this long resets the backoff
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 2.0
_JITTER = 0.5


class Backoff:
    """Exponential backoff with jitter: the first attempt is immediate, then the pause doubles up to a maximum, and each
    is shortened by up to half so that the clients of a restarted server do not reconnect all at once.

    Only a steady connection resets it: over connections that are accepted and dropped, pauses keep growing, and
    `patience` counts from the first loss.
    """

    def __init__(self, patience: float, seed: int | None = None) -> None:
        self._patience = patience
        self._random = random.Random(seed)
        self._tries = 0
        self._lost_at = 0.0
        self._connected_at: float | None = None

    def connected(self, now: float) -> None:
        """Note a successful handshake."""
        self._connected_at = now

    def lost(self, now: float) -> None:
        """Note a lost connection."""
        if self._tries == 0 or (self._connected_at is not None and now - self._connected_at >= STEADY_SECONDS):
            self._tries, self._lost_at = 0, now
        self._connected_at = None

    def next(self, now: float) -> float | None:
        """The pause before the next attempt; None once `patience` is used up."""
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(self._tries - 1, 16)) if self._tries else 0.0
        pause = longest * (1.0 - _JITTER * self._random.random())
        if self._tries and now + pause > self._lost_at + self._patience:
            return None
        self._tries += 1
        return pause
