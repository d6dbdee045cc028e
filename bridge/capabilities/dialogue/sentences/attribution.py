"""Who said it: a quotation that is a sentence goes on when its speaker is named behind it, as in `"Why?" Tom asked.`"""

from typing import Final

import regex

from bridge.capabilities.dialogue.sentences.place import Place, Verdict

REACH: Final = 40  # characters behind the quotation
_NAMED = regex.compile(
    r"\p{Lu}[\p{L}'’-]{0,15} (?:said|says|asked|asks|replied|replies|answered|shouted|cried|whispered|muttered|growled"
    r"|called|added|laughed|murmured|yelled|exclaimed|snapped|sighed)\b"
)
_QUOTATIVE = regex.compile(r"[\p{Hangul}とっのをが]")  # 라고, と, って
# In scripts without capitals the verb tells, wherever it stands in the clause.
_SPEAKS = regex.compile(
    r"[^\p{P}\s]{0,8}?(?:(?<!知)[说說问問道喊叫答嚷吼笑][^\p{P}\s]{0,4}\p{P}|[言尋訊聞叫答囁呟][^\p{P}\s]{0,4}[たる])"
    r"|[^\p{P}\n]{0,20}?(?:물었|말했|외쳤|대답|속삭|소리쳤|कह|पूछ|बोल|चिल्ला|বলল|قال|سأل|صاح|أجاب|همس|گفت|پرسید|کہا|پوچھا|بولا|بولی"
    r"|אמר|שאל|צעק|ענה|ענתה|לחש|አለ|ጠየቀ)"
)


def attributed(place: Place, begin: int, *, touches: bool) -> Verdict:
    """Whether what follows a closed quotation at `begin`, with or without space between, says who spoke."""
    text = place.text
    if touches and _QUOTATIVE.match(text, begin):
        return Verdict.GOES_ON
    if not (place.marks.quoted or text[place.start] in "\"'“„«»‘「『"):
        return Verdict.ENDS  # what is quoted is a part of somebody's sentence, and its end is that one's
    pattern = _NAMED if text[begin].isupper() else _SPEAKS
    limit = min(place.end, begin + REACH)
    sure = place.final or limit == begin + REACH
    found = pattern.match(text, begin, limit, partial=not sure)
    if found is None:
        return Verdict.ENDS
    return Verdict.OPEN if not sure and (found.partial or found.end() == limit) else Verdict.GOES_ON
