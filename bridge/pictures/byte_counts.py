"""Memory accounting for pictures and tensors: bytes held per session, per identity and in total, with limits."""

from bridge.policy.work import Owner

_LEAST_BYTES = 4096  # counted for even the smallest picture: the server's own overhead


class ByteCounts:
    """Bytes by client and by identity. One identity may hold half of `total`."""

    def __init__(self, per_client: int, total: int) -> None:
        self._per_client = per_client
        self._total = total
        self._by: dict[Owner | str, int] = {}
        self._all = 0

    def of(self, who: Owner | str) -> int:
        """Bytes that a client or an identity holds now."""
        return self._by.get(who, 0)

    def passed(self, owner: Owner, more: int = 1) -> str:
        """The limit that a client would exceed with `more` bytes, in words; "" if none."""
        if self.of(owner) + more > self._per_client:
            return f"{self._per_client:,} for one session"
        if self.of(owner.identity) + more > self._total // 2:
            return f"{self._total // 2:,} for all sessions from your address"
        return f"{self._total:,} for all clients" if self._all + more > self._total else ""

    def take(self, owner: Owner, count: int) -> None:
        """Add bytes to a client."""
        self._add(owner, count)

    def give(self, owner: Owner, count: int) -> None:
        """Free bytes of a client."""
        self._add(owner, -count)

    def _add(self, owner: Owner, count: int) -> None:
        self._all += count
        for who in (owner, owner.identity):
            left = self._by.pop(who, 0) + count
            if left:
                self._by[who] = left


def counted(size: int) -> int:
    """How many bytes a picture of `size` bytes is counted as."""
    return max(size, _LEAST_BYTES)
