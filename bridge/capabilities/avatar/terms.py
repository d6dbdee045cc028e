"""What the frames of a subscription are worth: as it was subscribed to, with the link as it is by now.

A client of minor 1 says with its acknowledgements what the link takes. For one that does not, the way of a frame down
and of its acknowledgement back is an upper bound of it: what most ways took counts, if that is less than the client
told once, at its first and cold ping.
"""

from collections import deque
from dataclasses import replace

from bridge.wire.bounds import Worth

_RECENT = 16
_MOST = 0.7  # as the client's own measure


class Terms:
    """Of one subscription on one stream. Times are seconds."""

    def __init__(self, worth: Worth) -> None:
        self._worth = worth
        self._is_renewed = False
        self._written: dict[int, float] = {}  # frame index -> when it was handed to the transport
        self._ways: deque[float] = deque(maxlen=_RECENT)

    @property
    def worth(self) -> Worth:
        """What the next frame is worth."""
        if self._is_renewed or not self._ways:
            return self._worth
        measured = sorted(self._ways)[int(_MOST * len(self._ways))]
        return replace(self._worth, link=measured) if measured < self._worth.link else self._worth

    def renew(self, link: float, rate: float) -> None:
        """The client says what the link takes by now, and how fast it is; 0 leaves either as it is."""
        self._is_renewed |= link > 0
        self._worth = replace(self._worth, link=link or self._worth.link, rate=rate or self._worth.rate)

    def written(self, index: int, now: float) -> None:
        """A frame was handed to the transport."""
        if not self._is_renewed:
            self._written[index] = now

    def acknowledged(self, index: int, now: float) -> None:
        """The client has received all frames up to `index`."""
        if index in self._written:
            self._ways.append(now - self._written[index])
        self._written = {later: at for later, at in self._written.items() if later > index}
