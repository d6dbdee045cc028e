"""How fast one identity may shake hands: as many at once as it may have sessions, then at a steady rate.

A handshake costs the event loop a millisecond, so a flood of them makes everybody's frames late. One that comes too
soon waits for its turn; a crowd behind one address that comes back after a restart is through within seconds.

Pure: times are arguments.
"""

from bridge.errors import Overloaded

_A_SECOND = 32.0
_LONGEST_WAIT = 2.0  # seconds, so that no more than 64 of an identity wait
_MANY = 1024  # identities: from here on those that owe nothing are forgotten


class Handshakes:
    """A leaky bucket for each identity."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._levels: dict[str, tuple[float, float]] = {}  # identity -> handshakes that have not leaked, as of when

    def wait(self, identity: str, now: float) -> float:
        """Take one: the seconds until it may go on. Overloaded when these would be too many, and nothing is taken."""
        level = self._level(identity, now)
        wait = max(0.0, level + 1 - self._at_once) / _A_SECOND
        if wait > _LONGEST_WAIT:
            raise Overloaded(
                f"too many handshakes come from your address; {_A_SECOND:g} a second are answered. Keep a session and "
                "its streams open instead of making new ones",
                retry_after=wait,
            )
        if len(self._levels) >= _MANY:
            self._levels = {who: known for who, known in self._levels.items() if self._level(who, now) > 0}
        self._levels[identity] = level + 1, now
        return wait

    def _level(self, identity: str, now: float) -> float:
        level, since = self._levels.get(identity, (0.0, now))
        return max(0.0, level - (now - since) * _A_SECOND)
