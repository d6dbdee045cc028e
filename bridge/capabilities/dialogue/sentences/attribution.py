"""Detects speech tags: a sentence continues after a closing quote if a tag follows, as in `"Why?" Tom asked.`"""

from typing import Final

import regex

from bridge.capabilities.dialogue.sentences.boundary import Boundary, Verdict

REACH: Final = 40  # characters after the quote
_NAMED = regex.compile(
    r"\p{Lu}[\p{L}'’-]{0,15} (?:said|says|asked|asks|replied|replies|answered|shouted|cried|whispered|muttered|growled"
    r"|called|added|laughed|murmured|yelled|exclaimed|snapped|sighed)\b"
)
_QUOTATIVE = regex.compile(r"[\p{Hangul}とっのをが]")  # 라고, と, って
# In scripts without capitals a verb of speech decides, anywhere in the clause.
_SPEAKS = regex.compile(
    r"[^\p{P}\s]{0,8}?(?:(?<!知)[说說问問道喊叫答嚷吼笑][^\p{P}\s]{0,4}\p{P}|[言尋訊聞叫答囁呟][^\p{P}\s]{0,4}[たる])"
    r"|[^\p{P}\n]{0,20}?(?:물었|말했|외쳤|대답|속삭|소리쳤|कह|पूछ|बोल|चिल्ला|বলল|قال|سأل|صاح|أجاب|همس|گفت|پرسید|کہا|پوچھا|بولا|بولی"
    r"|אמר|שאל|צעק|ענה|ענתה|לחש|አለ|ጠየቀ)"
)


def attributed(boundary: Boundary, begin: int, *, touches: bool) -> Verdict:
    """Whether a speech tag follows a closed quotation at `begin`. `touches`: without a space between."""
    text = boundary.text
    if touches and _QUOTATIVE.match(text, begin):
        return Verdict.CONTINUES
    if not (boundary.marks.quoted or text[boundary.start] in "\"'“„«»‘「『"):
        return Verdict.ENDS  # the quotation is part of a larger sentence, which ends with it
    pattern = _NAMED if text[begin].isupper() else _SPEAKS
    limit = min(boundary.end, begin + REACH)
    sure = boundary.final or limit == begin + REACH
    found = pattern.match(text, begin, limit, partial=not sure)
    if found is None:
        return Verdict.ENDS
    return Verdict.UNDECIDED if not sure and (found.partial or found.end() == limit) else Verdict.CONTINUES
