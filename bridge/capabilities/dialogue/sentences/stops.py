"""Decides whether a sentence ends at a stop, by looking at a bounded window of the text after it.

The stops of all scripts are Unicode's (Sentence_Break STerm and ATerm, UAX #29). The exceptions are ours: the standard
knows neither speech tags nor stage directions.
"""

from typing import Final

import regex

from bridge.capabilities.dialogue.sentences.attribution import attributed
from bridge.capabilities.dialogue.sentences.boundary import Boundary, Verdict
from bridge.capabilities.dialogue.sentences.dots import after_dot, after_pause

_FILL = r"\p{M}\p{Cf}"  # attached to the character before: accents, joiners, direction marks
_STOPS = r"[[\p{SB=STerm}\p{SB=ATerm}…‥⋯\u037e།༎༏༐༑༔]--[၊]]"  # ၊ is a comma in modern use
_BORROWED = (  # ASCII and symbols that some scripts use as stops
    r"(?<=\p{Greek});|(?<=\p{Armenian}):|(?<=\p{Ethiopic}):(?=:)|(?<=\p{Ethiopic}:):|፡(?=፡)|(?<=፡)፡"
    r"|(?<=[\p{Devanagari}\p{Bengali}])\||(?<=[\p{Han}\p{Hiragana}\p{Katakana}ー～])[♪♫☆★♡♥]"
)
_SPACED = r"(?<=[\p{Thai}\p{Lao}])[^\S\n]+"  # these scripts have no stops
_LINES = r"[\n\r\v\f\x85\u2028\u2029]"
STOP: Final = regex.compile(rf"(?V1)(?:{_STOPS}|{_BORROWED}|(?P<spaced>{_SPACED})|(?P<line>{_LINES}))")
_RUN = regex.compile(rf"(?V1)(?:{_STOPS}|{_BORROWED}|[{_FILL}])*")
_PAUSE = regex.compile(rf"(?V1)[\p{{SB=ATerm}}…‥⋯{_FILL}]{{2,}}|[…‥⋯]")
_SPACE = regex.compile(rf"(?V1)[\s{_FILL}]*")
_LINE = regex.compile(_LINES)
_LETTER = regex.compile(r"[\p{L}\p{N}]")
_OPENING = regex.compile(rf"(?V1)[\p{{Pi}}\p{{Ps}}\p{{Pd}}\"'*_~`»”’¿¡„‚♪•\s{_FILL}]*")
_OPENS_AT_ONCE = regex.compile(r"(?V1)[[\p{Pi}\p{Ps}¿¡\"]--[(\[{]]")
_DASH = regex.compile(r"\p{Pd}+")
_COMMA = regex.compile(r"[,;:،؛、，；：၊፣፤…‥⋯·/]|\p{Pe}")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]|(?<=\p{Hangul}\p{Po}+)\p{Hangul}")
_AFTER_SPACE = regex.compile(r"[\p{Thai}\p{Lao}\p{Pi}\p{Ps}\"*]")
_POLITE = ("ครับ", "คับ", "ค่ะ", "คะ", "จ้ะ", "จ้า", "จ๊ะ", "ขอรับ", "เจ้าค่ะ", "พ่ะย่ะค่ะ", "ເຈົ້າ", "ຄັບ")
_LONG_CLAUSE = 60  # characters; beyond this a space ends a sentence in Thai and Lao
_LONGEST_ADDRESS = 200

Answer = tuple[Verdict, int]  # with the end of the sentence, or where to search on


def judge(boundary: Boundary) -> Answer:
    """Whether the sentence ends at this stop."""
    text, at, end = boundary.text, boundary.at, boundary.end
    found = STOP.match(text, at, end)
    assert found is not None
    if found["line"]:
        return Verdict.ENDS, at
    if found["spaced"]:
        return _at_space(boundary, found.end())
    after = max(_end(_RUN, text, at, end), found.end())
    if not _LETTER.search(text, boundary.start, at):  # no letters yet
        return (Verdict.UNDECIDED if after == end and not boundary.final else Verdict.CONTINUES), after
    tail, quoted = boundary.marks.tail(text, boundary.start, after, end, boundary.final)
    space = _end(_SPACE, text, tail, end)
    if tail < end and _LINE.search(text, tail, space):
        return Verdict.ENDS, tail
    if space == end:
        return boundary.missing, tail
    stop = _Stop(boundary, text[at:after], tail, quoted)
    verdict = stop.spaced(space) if space > tail else stop.adjacent()
    return verdict, tail if verdict is Verdict.ENDS else after


def _end(pattern: regex.Pattern[str], text: str, at: int, end: int) -> int:
    """Where a match at `at` ends; `at` if there is none."""
    found = pattern.match(text, at, end)
    return found.end() if found else at


def _at_space(boundary: Boundary, after: int) -> Answer:
    """The verdict on a space in Thai or Lao: an end after a polite particle, or in a long clause."""
    if after == boundary.end:
        return (Verdict.CONTINUES if boundary.final else Verdict.UNDECIDED), after
    said = boundary.text[boundary.start : boundary.at]
    ends = said.endswith(_POLITE) or len(said) >= _LONG_CLAUSE
    follows = _AFTER_SPACE.match(boundary.text, after)
    return (Verdict.ENDS, boundary.at) if ends and follows else (Verdict.CONTINUES, after)


class _Stop:
    """A run of stops. Its closing marks reach to `tail`; `quoted` if they close a quotation or bracket."""

    def __init__(self, boundary: Boundary, run: str, tail: int, quoted: bool) -> None:
        self.boundary, self.run, self.tail, self.quoted = boundary, run, tail, quoted
        self.pause = _PAUSE.fullmatch(run) is not None
        self.dot = not self.pause and run[0] in ".․﹒．"
        self.wide = run[0] > "\x7f" and not self.pause and run[0] not in "♪♫☆★♡♥"  # no space needed after it

    def adjacent(self) -> Verdict:
        """The verdict if a character follows directly."""
        text, tail = self.boundary.text, self.tail
        follows = text[tail]
        if _COMMA.match(follows) or _DASH.match(follows):
            return Verdict.CONTINUES
        if _OPENS_AT_ONCE.match(follows):
            return Verdict.CONTINUES if self.pause and not self.quoted else Verdict.ENDS
        if self.wide or _UNSPACED.match(text, tail):
            return attributed(self.boundary, tail, touches=True) if self.quoted else self._unspaced(follows)
        if self.quoted:
            return Verdict.ENDS if follows.isupper() else attributed(self.boundary, tail, touches=True)
        starts = follows in "*_([" or (follows.isupper() and not self.dot)  # a stage direction
        ends = starts and not self.pause and not (self.dot and follows in "([") and not self._in_address()
        return Verdict.ENDS if ends else Verdict.CONTINUES

    def _unspaced(self, follows: str) -> Verdict:
        """The verdict in scripts without spaces between sentences."""
        if self.pause or (self.dot and self.boundary.text[self.boundary.at - 1].isdigit()):
            return Verdict.CONTINUES
        if (follows == "と" and "。" not in self.run) or (follows.isdigit() and "॥" in self.run):
            return Verdict.CONTINUES
        return Verdict.ENDS

    def spaced(self, space: int) -> Verdict:
        """The verdict if a space follows; the next text is at `space`."""
        boundary, text = self.boundary, self.boundary.text
        begin = _end(_OPENING, text, space, boundary.end)
        opening = text[space:begin].strip()
        if begin == boundary.end:
            return boundary.missing
        if not opening and (_COMMA.match(text, begin) or STOP.match(text, begin, boundary.end)):
            return Verdict.CONTINUES
        lower = text[begin].islower()
        if lower and (self.pause or _DASH.fullmatch(opening)):
            return Verdict.CONTINUES
        if self.pause:
            return Verdict.ENDS if opening or self.quoted else after_pause(boundary, begin)
        if self.quoted and not opening:
            return Verdict.CONTINUES if lower else attributed(boundary, begin, touches=False)
        if not self.dot or self.quoted:
            return Verdict.ENDS
        if lower and opening[:1] not in tuple("*_([（［【") and self._capitals():
            return Verdict.CONTINUES
        return after_dot(boundary, begin, opening)

    def _capitals(self) -> bool:
        """Whether the writer uses capitals; if not, a lower-case letter may start a sentence."""
        return any(character.isupper() for character in self.boundary.text[self.boundary.start : self.boundary.at])

    def _in_address(self) -> bool:
        word = self.boundary.text[
            max(self.boundary.start, self.boundary.at - _LONGEST_ADDRESS) : self.boundary.at
        ].rsplit(None, 1)
        return "/" in word[-1] or "@" in word[-1]
