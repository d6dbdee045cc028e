"""The terms of a subscription, kept up to date with its link.

A client of minor 1 reports the link with its acknowledgements. For older ones the round trip of a frame and its
acknowledgement is an upper bound: a high quantile of recent ones is used if it is below the client's initial report,
which came from a single cold ping.
"""

from collections import deque

from bridge.wire.bounds import Terms

_RECENT = 16
_QUANTILE = 0.7  # the client measures with the same one


class MeasuredLink:
    """The link of one subscription on one stream. Times are seconds."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._is_updated = False
        self._written: dict[int, float] = {}  # frame index -> when it was handed to the transport
        self._round_trips: deque[float] = deque(maxlen=_RECENT)

    @property
    def terms(self) -> Terms:
        """The terms of the next frame."""
        if self._is_updated or not self._round_trips:
            return self._terms
        measured = sorted(self._round_trips)[int(_QUANTILE * len(self._round_trips))]
        return self._terms._replace(link=measured) if measured < self._terms.link else self._terms

    def update(self, link: float, rate: float) -> None:
        """Set the link's time and rate as the client reports them; 0 leaves either unchanged."""
        self._is_updated |= link > 0
        self._terms = self._terms._replace(link=link or self._terms.link, rate=rate or self._terms.rate)

    def written(self, index: int, now: float) -> None:
        """A frame was handed to the transport."""
        if not self._is_updated:
            self._written[index] = now

    def acknowledged(self, index: int, now: float) -> None:
        """The client has received all frames up to `index`."""
        if index in self._written:
            self._round_trips.append(now - self._written[index])
        self._written = {later: at for later, at in self._written.items() if later > index}
