"""Rate limit on handshakes per identity: a burst of as many as it may have sessions, then a steady rate.

A handshake costs the event loop a millisecond, so a flood of them makes all frames late. One over the rate is delayed,
not refused: many clients behind one address that reconnect after a restart are all served within seconds.

Pure: times are arguments.
"""

from bridge.errors import Overloaded

_A_SECOND = 32.0
_LONGEST_WAIT = 2.0  # seconds: at most 64 handshakes of an identity wait
_MANY = 1024  # identities; beyond this, empty buckets are evicted


class Handshakes:
    """A leaky bucket per identity."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._levels: dict[str, tuple[float, float]] = {}  # identity -> (level, time of that level)

    def wait(self, identity: str, now: float) -> float:
        """Count a handshake; returns the seconds to delay it. Overloaded, without counting it, if that is too long."""
        level = self._level(identity, now)
        wait = max(0.0, level + 1 - self._at_once) / _A_SECOND
        if wait > _LONGEST_WAIT:
            raise Overloaded(
                f"too many handshakes from your address; {_A_SECOND:g} a second are answered. Keep a session and its "
                "streams open instead of making new ones",
                retry_after=wait,
            )
        if len(self._levels) >= _MANY:
            self._levels = {who: known for who, known in self._levels.items() if self._level(who, now) > 0}
        self._levels[identity] = level + 1, now
        return wait

    def _level(self, identity: str, now: float) -> float:
        level, since = self._levels.get(identity, (0.0, now))
        return max(0.0, level - (now - since) * _A_SECOND)
