"""Whether a sentence ends at a stop: what follows decides, within a window of bounded length.

The stops of all scripts are Unicode's (Sentence_Break STerm and ATerm, UAX #29); what lets one pass is ours, as that
standard asks neither who speaks nor for stage directions.
"""

from typing import Final

import regex

from bridge.capabilities.dialogue.sentences.attribution import attributed
from bridge.capabilities.dialogue.sentences.dots import after_dot, after_pause
from bridge.capabilities.dialogue.sentences.place import Place, Verdict

_FILL = r"\p{M}\p{Cf}"  # belongs to the character before it: accents, joiners, marks of direction
_STOPS = r"[[\p{SB=STerm}\p{SB=ATerm}…‥⋯\u037e།༎༏༐༑༔]--[၊]]"  # ၊ is a comma today
_BORROWED = (  # what some scripts' writers type for their own
    r"(?<=\p{Greek});|(?<=\p{Armenian}):|(?<=\p{Ethiopic}):(?=:)|(?<=\p{Ethiopic}:):|፡(?=፡)|(?<=፡)፡"
    r"|(?<=[\p{Devanagari}\p{Bengali}])\||(?<=[\p{Han}\p{Hiragana}\p{Katakana}ー～])[♪♫☆★♡♥]"
)
_SPACED = r"(?<=[\p{Thai}\p{Lao}])[^\S\n]+"  # these have no stops
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
_LONG_CLAUSE = 60  # characters after which a space ends a sentence in Thai and Lao
_LONGEST_ADDRESS = 200

Answer = tuple[Verdict, int]  # and where the sentence ends, or from where to look on


def judge(place: Place) -> Answer:
    """Whether the sentence ends at this stop."""
    text, at, end = place.text, place.at, place.end
    found = STOP.match(text, at, end)
    assert found is not None
    if found["line"]:
        return Verdict.ENDS, at
    if found["spaced"]:
        return _at_space(place, found.end())
    after = max(_end(_RUN, text, at, end), found.end())
    if not _LETTER.search(text, place.start, at):  # nothing has been said yet
        return (Verdict.OPEN if after == end and not place.final else Verdict.GOES_ON), after
    tail, quoted = place.marks.tail(text, place.start, after, end, place.final)
    space = _end(_SPACE, text, tail, end)
    if tail < end and _LINE.search(text, tail, space):
        return Verdict.ENDS, tail
    if space == end:
        return place.missing, tail
    stop = _Stop(place, text[at:after], tail, quoted)
    verdict = stop.spaced(space) if space > tail else stop.adjacent()
    return verdict, tail if verdict is Verdict.ENDS else after


def _end(pattern: regex.Pattern[str], text: str, at: int, end: int) -> int:
    """How far a pattern reaches that may match nothing."""
    found = pattern.match(text, at, end)
    return found.end() if found else at


def _at_space(place: Place, after: int) -> Answer:
    """A space in Thai or Lao: an end after a polite word, and in what has become long."""
    if after == place.end:
        return (Verdict.GOES_ON if place.final else Verdict.OPEN), after
    said = place.text[place.start : place.at]
    ends = said.endswith(_POLITE) or len(said) >= _LONG_CLAUSE
    follows = _AFTER_SPACE.match(place.text, after)
    return (Verdict.ENDS, place.at) if ends and follows else (Verdict.GOES_ON, after)


class _Stop:
    """A run of stops, with what closes behind it up to `tail`; `quoted` when that closes a quotation or bracket."""

    def __init__(self, place: Place, run: str, tail: int, quoted: bool) -> None:
        self.place, self.run, self.tail, self.quoted = place, run, tail, quoted
        self.pause = _PAUSE.fullmatch(run) is not None
        self.dot = not self.pause and run[0] in ".․﹒．"
        self.wide = run[0] > "\x7f" and not self.pause and run[0] not in "♪♫☆★♡♥"  # needs no space behind it

    def adjacent(self) -> Verdict:
        """A character follows at once."""
        text, tail = self.place.text, self.tail
        follows = text[tail]
        if _COMMA.match(follows) or _DASH.match(follows):
            return Verdict.GOES_ON
        if _OPENS_AT_ONCE.match(follows):
            return Verdict.GOES_ON if self.pause and not self.quoted else Verdict.ENDS
        if self.wide or _UNSPACED.match(text, tail):
            return attributed(self.place, tail, touches=True) if self.quoted else self._unspaced(follows)
        if self.quoted:
            return Verdict.ENDS if follows.isupper() else attributed(self.place, tail, touches=True)
        starts = follows in "*_([" or (follows.isupper() and not self.dot)  # a direction
        ends = starts and not self.pause and not (self.dot and follows in "([") and not self._in_address()
        return Verdict.ENDS if ends else Verdict.GOES_ON

    def _unspaced(self, follows: str) -> Verdict:
        """In scripts that put no space between sentences."""
        if self.pause or (self.dot and self.place.text[self.place.at - 1].isdigit()):
            return Verdict.GOES_ON
        if (follows == "と" and "。" not in self.run) or (follows.isdigit() and "॥" in self.run):
            return Verdict.GOES_ON
        return Verdict.ENDS

    def spaced(self, space: int) -> Verdict:
        """Something follows at `space`, behind a space."""
        place, text = self.place, self.place.text
        begin = _end(_OPENING, text, space, place.end)
        opening = text[space:begin].strip()
        if begin == place.end:
            return place.missing
        if not opening and (_COMMA.match(text, begin) or STOP.match(text, begin, place.end)):
            return Verdict.GOES_ON
        lower = text[begin].islower()
        if lower and (self.pause or _DASH.fullmatch(opening)):
            return Verdict.GOES_ON
        if self.pause:
            return Verdict.ENDS if opening or self.quoted else after_pause(place, begin)
        if self.quoted and not opening:
            return Verdict.GOES_ON if lower else attributed(place, begin, touches=False)
        if not self.dot or self.quoted:
            return Verdict.ENDS
        if lower and opening[:1] not in tuple("*_([（［【") and self._capitals():
            return Verdict.GOES_ON
        return after_dot(place, begin, opening)

    def _capitals(self) -> bool:
        """Whether who writes begins sentences with capitals; where there are none, small letters begin them."""
        return any(character.isupper() for character in self.place.text[self.place.start : self.place.at])

    def _in_address(self) -> bool:
        word = self.place.text[max(self.place.start, self.place.at - _LONGEST_ADDRESS) : self.place.at].rsplit(None, 1)
        return "/" in word[-1] or "@" in word[-1]
