"""Keeps grapheme clusters whole while a reply streams: a flag, an emoji family, an accented letter, a Hangul syllable.

A cluster may be several code points, which may arrive in several pieces of the reply. So the last cluster is held back
until the next one starts or the reply ends; everything before it is released at once.
"""

from typing import Final

import regex

MOST_HELD: Final = 256  # code points; no visible character is longer
_CLUSTER = regex.compile(r"\X")


class Clusters:
    """The cluster buffer of one reply."""

    def __init__(self) -> None:
        self._held = ""

    def push(self, text: str) -> str:
        """Add text; returns the clusters that it completes."""
        text = self._held + text
        start = 0
        for found in _CLUSTER.finditer(text):
            start = found.start()
        if len(text) - start > MOST_HELD:
            start = len(text)
        self._held = text[start:]
        return text[:start]

    def finish(self) -> str:
        """Release the last cluster: the reply is over."""
        rest, self._held = self._held, ""
        return rest
