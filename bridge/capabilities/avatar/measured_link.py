"""The terms of a subscription, with its link as measured since.

A client of minor 1 says with its acknowledgements what the link takes. For one that does not, the way of a frame down
and of its acknowledgement back is an upper bound of it: what most ways took counts, if that is less than the client
told once, at its first and cold ping.
"""

from collections import deque
from dataclasses import replace

from bridge.wire.bounds import Terms

_RECENT = 16
_MOST = 0.7  # as the client's own measure


class MeasuredLink:
    """Of one subscription on one stream. Times are seconds."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._is_renewed = False
        self._written: dict[int, float] = {}  # frame index -> when it was handed to the transport
        self._round_trips: deque[float] = deque(maxlen=_RECENT)

    @property
    def terms(self) -> Terms:
        """The terms of the next frame."""
        if self._is_renewed or not self._round_trips:
            return self._terms
        measured = sorted(self._round_trips)[int(_MOST * len(self._round_trips))]
        return replace(self._terms, link=measured) if measured < self._terms.link else self._terms

    def renew(self, link: float, rate: float) -> None:
        """The client says what the link takes by now, and how fast it is; 0 leaves either as it is."""
        self._is_renewed |= link > 0
        self._terms = replace(self._terms, link=link or self._terms.link, rate=rate or self._terms.rate)

    def written(self, index: int, now: float) -> None:
        """A frame was handed to the transport."""
        if not self._is_renewed:
            self._written[index] = now

    def acknowledged(self, index: int, now: float) -> None:
        """The client has received all frames up to `index`."""
        if index in self._written:
            self._round_trips.append(now - self._written[index])
        self._written = {later: at for later, at in self._written.items() if later > index}
