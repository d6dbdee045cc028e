"""Tracks open quotation marks, brackets and asterisks, and finds the closing ones that belong to a sentence.

Most marks are either opening or closing; straight quotes, *, _, « » and “ may be both, depending on the language.
"""

from typing import Final

import regex

_EITHER: Final = '"*_'  # opening or closing
_CLOSES: Final = {
    **dict(zip("”“’‘»«›‹", ["“„", "„", "‘‚", "‚", "«", "»", "‹", "›"], strict=True)),
    **dict(zip("」』】）〉》］)]}〕〗｝｣", "「『【（〈《［([{〔〖｛｢", strict=True)),
}
_OPENS: Final = frozenset("“„‘‚«»‹›「『【（〈《［([{〔〖｛｢")
_QUOTES: Final = frozenset('"“„‘‚«»‹›「『｢')
_MARK = regex.compile(r"\*+|_+|[" + regex.escape("".join([*_CLOSES, *_OPENS, '"'])) + "]")
_MOST_OPEN = 16
_TAIL = regex.compile(
    r"(?V1)[\p{M}\p{Cf}~`]+"
    r"|[^\S\n\r]*(?:[\p{Extended_Pictographic}\p{RI}\p{Emoji_Modifier}--\p{ASCII}]\p{Cf}*)+"
    r"|[^\S\n\r]*[:;=]['-]?[)(DPpO3/](?![\p{L}\p{N}])"
    r"|(?P<aside>[（(](?:[笑泣汗怒爆涙苦驚照嬉哭]{1,4}|[wW]{1,5})[）)])"
)
_BEHIND = regex.compile(r"(?V1)([^\S\n\r]*)(\*+|_+|[\p{Pe}\p{Pf}\p{Pi}\"'])")


class Marks:
    """The marks open at one position of a reply. Immutable."""

    __slots__ = ("_open",)

    def __init__(self, open_: str = "") -> None:
        self._open = open_

    @property
    def quoted(self) -> bool:
        """Whether a quotation is open."""
        return not _QUOTES.isdisjoint(self._open)

    def after(self, text: str, start: int, end: int) -> "Marks":
        """The marks open after text[start:end]."""
        marks = self
        for found in _MARK.finditer(text, start, end):
            marks = marks._past(found[0][0])
        return marks

    def _past(self, mark: str) -> "Marks":
        """The marks open after one more mark."""
        place = self._partner(mark)
        if place >= 0:
            return Marks(self._open[:place])
        if mark in _OPENS or mark in _EITHER:
            return Marks((self._open + mark)[-_MOST_OPEN:])
        return self

    def _partner(self, mark: str) -> int:
        return max(self._open.rfind(one) for one in (mark if mark in _EITHER else _CLOSES.get(mark, "\0")))

    def tail(self, text: str, start: int, at: int, end: int, final: bool) -> tuple[int, bool]:
        """Where the closing marks and emoji after a stop end, and whether a quotation or bracket closes there."""
        marks, quoted = None, False
        while at < end:
            plain = _TAIL.match(text, at, end, partial=not final)
            if plain:
                at = plain.end()
                continue
            found = _BEHIND.match(text, at, end)
            if not found:
                break
            marks = marks or self.after(text, start, at)
            if not marks._shuts(text, found, end):
                break
            quoted = quoted or found[2][0] not in "*_"
            marks, at = marks._past(found[2][0]), found.end()
        return at, quoted

    def _shuts(self, text: str, found: "regex.Match[str]", end: int) -> bool:
        mark = found[2][0]
        partner = self._partner(mark) >= 0
        if found[1]:
            return partner and mark not in _EITHER
        if partner:
            return True
        if mark in _OPENS:
            return False
        return mark not in _EITHER or found.end() == end or text[found.end()].isspace()
