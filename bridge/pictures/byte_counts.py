"""How many bytes of pictures clients have the server keep: limits on one session, on one identity and on all."""

from bridge.policy.work import Owner

_LEAST_BYTES = 4096  # that any picture counts for: the server's own notes of it


class PictureBytes:
    """Bytes by client and by identity. Half of `total` is for one identity."""

    def __init__(self, per_client: int, total: int) -> None:
        self._per_client = per_client
        self._total = total
        self._by: dict[Owner | str, int] = {}
        self._all = 0

    def of(self, who: Owner | str) -> int:
        """What a client or an identity has now."""
        return self._by.get(who, 0)

    def passed(self, owner: Owner, more: int = 1) -> str:
        """Which limit a client would pass with `more` bytes, in words; "" when none."""
        if self.of(owner) + more > self._per_client:
            return f"one session's at most {self._per_client:,}"
        if self.of(owner.identity) + more > self._total // 2:
            return f"{self._total // 2:,} of all sessions from your address"
        return f"{self._total:,} of all clients" if self._all + more > self._total else ""

    def take(self, owner: Owner, count: int) -> None:
        """A client has so many more."""
        self._add(owner, count)

    def give(self, owner: Owner, count: int) -> None:
        """So many are free again."""
        self._add(owner, -count)

    def _add(self, owner: Owner, count: int) -> None:
        self._all += count
        for who in (owner, owner.identity):
            left = self._by.pop(who, 0) + count
            if left:
                self._by[who] = left


def counted(size: int) -> int:
    """What a picture of `size` bytes counts for."""
    return max(size, _LEAST_BYTES)
