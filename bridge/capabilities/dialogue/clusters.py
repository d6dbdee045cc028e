"""Keeps whole what a reader sees as one character: a family, a flag, a letter with its accents, a Hangul syllable.

Such a character (Unicode's extended grapheme cluster) may be several code points and come in several pieces of a reply.
The last one waits until the next begins or the reply ends; everything before it is given out at once.
"""

from typing import Final

import regex

MOST_HELD: Final = 256  # code points; what is longer is no character that anybody can see
_CLUSTER = regex.compile(r"\X")


class Clusters:
    """Of one reply."""

    def __init__(self) -> None:
        self._held = ""

    def push(self, text: str) -> str:
        """What `text` makes certain: whole characters."""
        text = self._held + text
        start = 0
        for found in _CLUSTER.finditer(text):
            start = found.start()
        if len(text) - start > MOST_HELD:
            start = len(text)
        self._held = text[start:]
        return text[:start]

    def finish(self) -> str:
        """What was held back, when the reply is over."""
        rest, self._held = self._held, ""
        return rest
