"""Turns a reply's bytes into text to show: whole characters, up to the first stop string.

Holds back half characters and anything that may become a stop string.
"""

import codecs
from collections.abc import Sequence


class TextStream:
    """The stop string that is complete first counts, however the bytes were split."""

    def __init__(self, stops: Sequence[str] = ()) -> None:
        self.stopped = False
        self._stops = tuple(stops)
        self._held = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def push(self, data: bytes) -> str:
        """The text that `data` makes certain. Invalid bytes become U+FFFD."""
        if self.stopped:
            return ""
        self._held += self._decoder.decode(data)
        found = [
            (self._held.find(stop) + len(stop), self._held.find(stop)) for stop in self._stops if stop in self._held
        ]
        if found:
            _, start = min(found)
            text, self._held, self.stopped = self._held[:start], "", True
            return text
        return self._emit(len(self._held) - self._doubtful())

    def finish(self) -> str:
        """The rest, when the reply ends otherwise; half a character is dropped."""
        return self._emit(len(self._held))

    def _emit(self, length: int) -> str:
        text, self._held = self._held[:length], self._held[length:]
        return text

    def _doubtful(self) -> int:
        """How many trailing characters may be the start of a stop string."""
        longest = min(len(self._held), max(map(len, self._stops), default=1) - 1)
        return next((n for n in range(longest, 0, -1) if any(s.startswith(self._held[-n:]) for s in self._stops)), 0)
