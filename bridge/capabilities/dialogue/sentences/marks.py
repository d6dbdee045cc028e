"""Quotation marks, brackets and asterisks: which are open, and which close what has just been said.

Most marks say by themselves which side they are; "straight" ones, *, _, « », and “ do not: it depends on the language.
"""

from typing import Final

import regex

_EITHER: Final = '"*_'  # opens and closes
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
    """Those that are open at one place of a reply. Immutable."""

    __slots__ = ("_open",)

    def __init__(self, open_: str = "") -> None:
        self._open = open_

    @property
    def quoted(self) -> bool:
        """Whether somebody is being quoted."""
        return not _QUOTES.isdisjoint(self._open)

    def after(self, text: str, start: int, end: int) -> "Marks":
        """What is open behind text[start:end]."""
        marks = self
        for found in _MARK.finditer(text, start, end):
            marks = marks._past(found[0][0])
        return marks

    def _past(self, mark: str) -> "Marks":
        """What is open behind a mark."""
        place = self._partner(mark)
        if place >= 0:
            return Marks(self._open[:place])
        if mark in _OPENS or mark in _EITHER:
            return Marks((self._open + mark)[-_MOST_OPEN:])
        return self

    def _partner(self, mark: str) -> int:
        return max(self._open.rfind(one) for one in (mark if mark in _EITHER else _CLOSES.get(mark, "\0")))

    def tail(self, text: str, start: int, at: int, end: int, final: bool) -> tuple[int, bool]:
        """How far what belongs to the sentence reaches behind its stop, and whether a quotation or bracket closes."""
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
