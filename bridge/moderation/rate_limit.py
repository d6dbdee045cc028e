"""How many lines a player may say: a bucket of tokens for each, filled at a constant rate. Pure."""

from collections import OrderedDict
from typing import NamedTuple

MOST_PLAYERS = 4096


class _Bucket(NamedTuple):
    tokens: float
    at: float  # seconds, when there were as many


class RateLimit:
    """Lines a minute, and at once, for each player of each client.

    A client may name its players as it likes. The table never forgets a player whose bucket is not full again, so names
    that are made up win nothing once it is full: new players wait then.
    """

    def __init__(self, per_minute: float, burst: int, most_players: int = MOST_PLAYERS) -> None:
        self._rate = per_minute / 60  # tokens a second
        self._burst = burst
        self._most = most_players
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()  # the longest idle first

    def wait(self, identity: str, player: str, now: float) -> float:
        """Take a token for a line. 0 if there was one, else the seconds until there is. `now` is in seconds."""
        key = identity, player
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= self._most and (until := self._forget(now)):
                return until
            bucket = _Bucket(self._burst, now)
        tokens = self._tokens(bucket, now)
        if tokens < 1:
            return (1 - tokens) / self._rate
        self._buckets[key] = _Bucket(tokens - 1, now)
        self._buckets.move_to_end(key)
        return 0.0

    def _forget(self, now: float) -> float:
        """Make room by the player that is idle for the longest; seconds until that costs it nothing, if not yet."""
        key, bucket = next(iter(self._buckets.items()))
        lacking = self._burst - self._tokens(bucket, now)
        if lacking > 0:
            return lacking / self._rate
        del self._buckets[key]
        return 0.0

    def _tokens(self, bucket: _Bucket, now: float) -> float:
        return min(self._burst, bucket.tokens + max(now - bucket.at, 0.0) * self._rate)
