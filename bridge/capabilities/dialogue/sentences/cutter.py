"""Splits a streamed reply into sentences, for subtitles and voices, in any language.

A sentence is returned as soon as its end is certain; the result does not depend on how the reply is split into pieces.
One without an end within `LONGEST` characters is cut at a comma or a space, so that a voice does not wait for it.
"""

from typing import Final

import regex

from bridge.capabilities.dialogue.sentences.boundary import Boundary, Verdict
from bridge.capabilities.dialogue.sentences.marks import Marks
from bridge.capabilities.dialogue.sentences.stops import STOP, judge

LONGEST: Final = 320  # characters; twice what fits two lines of subtitles, or one breath
_AHEAD = 64  # characters looked at after a stop
_COMMA = regex.compile(r"[,;:،؛፣၊–—][\"'”’»)\]]*(?=\s)|[、，；：]")
_SPACE = regex.compile(r"\s+")
_CLUSTER = regex.compile(r"\X")


class Sentences:
    """The sentence splitter of one reply."""

    def __init__(self) -> None:
        self._rest = ""
        self._seen = 0  # no sentence ends before this position
        self._marks = Marks()

    def push(self, text: str) -> list[str]:
        """Add text; returns the sentences that it completes, stripped."""
        self._rest += text
        return self._cut(final=False)

    def finish(self) -> list[str]:
        """The remaining sentences: the reply is over."""
        done, rest = self.end()
        return [*done, rest] if (rest := rest.strip()) else done

    def end(self) -> tuple[list[str], str]:
        """The reply is over: the remaining whole sentences, and the text after the last one."""
        done = self._cut(final=True)
        rest, self._rest = self._rest, ""
        return done, rest

    def _cut(self, final: bool) -> list[str]:
        text, done = self._rest, []
        start = self._skip(0)
        while (end := self._end(text, start, final)) is not None:
            done.append(text[start:end].strip())
            self._marks = self._marks.after(text, start, end)
            self._seen = start = self._skip(end)
        self._rest, self._seen = text[start:], max(self._seen - start, 0)
        return done

    def _skip(self, at: int) -> int:
        """Where the next sentence begins. A line break closes all open marks."""
        space = _SPACE.match(self._rest, at)
        if space and "\n" in space[0]:
            self._marks = Marks()
        return space.end() if space else at

    def _end(self, text: str, start: int, final: bool) -> int | None:
        """Where the sentence that begins at `start` ends; None if that is not certain yet."""
        end = min(len(text), start + LONGEST + _AHEAD)
        full = end == start + LONGEST + _AHEAD
        seen = max(self._seen, start)
        while stop := STOP.search(text, seen, min(end, start + LONGEST)):
            boundary = Boundary(text, start, stop.start(), end, final and end == len(text), self._marks)
            verdict, at = judge(boundary)
            if verdict is Verdict.ENDS:
                return at
            if verdict is Verdict.UNDECIDED:
                self._seen = stop.start()
                return _forced(text, start) if full else None
            seen = max(at, stop.start() + 1)
        self._seen = max(seen, min(end, start + LONGEST))
        return _forced(text, start) if full else None


def _forced(text: str, start: int) -> int:
    """Where to cut a sentence that is too long: after a comma, else before a space, else between grapheme clusters."""
    limit = start + LONGEST
    commas = [found.end() for found in _COMMA.finditer(text, start + LONGEST // 3, limit)]
    spaces = [found.start() for found in _SPACE.finditer(text, start + LONGEST // 3, limit)]
    if commas or spaces:
        return (commas or spaces)[-1]
    edges = [found.start() for found in _CLUSTER.finditer(text, start, limit)]
    return edges[-1] if edges[-1] > start else limit
