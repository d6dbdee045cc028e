"""What of a line asks, and what kind of thing it asks for."""

import re
from dataclasses import dataclass
from enum import StrEnum

from models.npc.answers.spelling import spelled
from models.npc.lemmas import content


class Asks(StrEnum):
    """What a question is about."""

    PRICE = "price"
    STOCK = "stock"
    COUNT = "count"
    TIME = "time"
    SPAN = "span"
    PLACE = "place"
    REASON = "reason"
    PERSON = "person"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Focus:
    """The part of a line that asks, its questions one by one, and their kinds. `claims`: it says how something is, and
    wants that confirmed.
    """

    text: str
    parts: tuple[str, ...]
    kinds: tuple[frozenset[Asks], ...]
    question: bool
    claims: bool

    @property
    def kind(self) -> frozenset[Asks]:
        """The kinds of all its questions."""
        return frozenset().union(*self.kinds)


_PATTERNS = {
    Asks.PRICE: r"how much(?! (?:longer|more time|later|time))|costs?|prices?|charged? (?:at|for)|(?:you|"
    r"they) charge|fare|fee|toll|owe|going for|(?:what|how much)\b[^?.!]{0,40}\bgo(?:es)? for|"
    r"all together|altogether|set (?:me|us) back|quanto|damage|worth|"
    r"want for (?:one|a|an|the|your|that|this|it)|(?:must|shall|should|do|can) i "
    r"(?:pay|offer|give you for)|(?:what|how much) (?:would|will|does|do|did) (?:that|it|they|this|those) (?:be|"
    r"come to|"
    r"run)|reward|bill|total|full amount|what (?:shall|should|do) i (?:write|put) (?:on|down)|(?:what|how much) "
    r"(?:do|will|would|must|shall) (?:i|we|you) (?:get|want|have|take|need) from (?:me|us)",
    Asks.STOCK: r"(?:(?:would|wouldn't|might) (?:you|there)|you wouldn't) (?:still |perhaps |happen to |possibly )?"
    r"(?:have|be) (?:any|some|a|an|one)|(?:be|is|are|still|anything|one) (?:free|available)|"
    r"(?:have|got|any|sell|spare|carry)\b.*\b(?:left|in stock|for sale|going|in|spare|have|buy)|in stock|"
    r"(?:do|have|can|could) you (?:still )?(?:have|got|sell|spare|stock)|have you (?:a|an|any|got|some)|"
    r"(?:you|you've) got (?:a|an|any|some)|got any|any \w+(?: \w+)? (?:left|going)|left|is there (?:any|more than)|"
    r"how many .*(?:left|there|still|(?:you|i|we) (?:have|got|get|buy)|(?:have|has|got) you|you've)|more than one",
    Asks.COUNT: r"how many|how (?:wide|deep|heavy|tall|high|far|big|large|old|thick)|what number|both figures|"
    r"how much (?:longer|more|does .* weigh)|weight|size|number of|mix|ratio",
    Asks.TIME: r"(?:(?:^|[.?!,;:\u2026] ?|(?:and|so|but|or|know|me|hey|then|wonder|sorry) )when(?= (?:do|does|"
    r"did|is|are|was|"
    r"were|will|would|can|could|should|may|shall|has|have|begins?|opens?|closes?|starts?|exactly|else|the)\b|\W*$))|"
    r"when's|what (?:time|hour|day|month)|which (?:day|month|hour|year)s?|until when|till when|how late|how early|"
    r"(?:up )?(?:to|till|until|at) what (?:time|hour)|come what hour|by what (?:time|hour)|in which months",
    Asks.SPAN: r"how long|how often|how much longer|how soon|how fast|how quickly",
    Asks.PLACE: r"where|where's|whereabouts|which (?:way|dock|gate|door|room|side|floor)|by which|from which|anywhere|"
    r"somewhere|which one's",
    Asks.REASON: r"on what grounds|for (?:what|which) reason|explain|"
    r"what's the (?:harm|matter|problem|big deal|reason|point)|"
    r"why|why's|how come|what for|what's with|what (?:happened|became) (?:to|of)|the reason|what made",
    Asks.PERSON: r"who|who's|whose|whom|related|belong to you|married|your (?:husband|wife|brother|sister|"
    r"mother|father|"
    r"son|daughter|friend|cousin|uncle|aunt|boss)|(?:friend|relative|kin|relation) of yours|to you(?=\W*$|\W*\w+\W*$)|"
    r"of yours|works? for you|your (?:boy|girl|lad|lass|kid|child)|you two|"
    r"in command|in charge",
    Asks.NAME: r"name|called|call (?:it|him|her|them|the|that|this|your)|named|address (?:her|him|it)",
}
_KINDS = {kind: re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE) for kind, pattern in _PATTERNS.items()}
_CLAIMS = re.compile(
    r"\b(?:right|correct|true|yes|yeah|no|eh|surely|agreed?|confirm|settled(?: then)?|isn't it|aren't they|don't you|"
    r"then|i take it|i hear|i heard|i read|told me|told us|assured|swore|swears|says?|said|everyone knows|everybody|"
    r"they say|promised|so it's|so that's|is it true|must have been)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\u2026\n]+(?:[.!?\u2026]+|\n|$)")
_STAGED = re.compile(r"\[[^\]]*\]|\*[^*]*\*|\b(?:assistant|system|user|player)\s*:", re.IGNORECASE)
_PARTS = re.compile(
    r",?\s+and,? (?=(?:how|what|who|where|when|which|why|from|with|at)\b)|(?<=\?)\s+|, (?=how\b|with what)"
)
_OPENS = re.compile(r"\W*(?:(?:and|so|also|then),? )*(?:what|what's|which|who|how|when|where|why)\b", re.IGNORECASE)
_LONG = 30  # words of a sentence whose beginning rambles
_TOLD = 40  # words of a line that asks nothing, and is looked at as a whole
_LAST = 22  # words of it that ask
_BRIEF, _ELLIPTIC = 25, 3  # words of a line that is compared as a whole, and of one that says too little alone
_LEAST = 2  # words that say what a question is about; with fewer it goes with the sentence before


def focus_of(said: str) -> Focus:
    """The part of a line that asks."""
    text = " ".join(_STAGED.sub(" . ", spelled(said)).split())
    sentences = [found[0].strip() for found in _SENTENCE.finditer(text) if re.search(r"\w", found[0])]
    asking = [at for at, sentence in enumerate(sentences) if _asks(sentence)]
    wholly = not asking and len(text.split()) <= _TOLD
    chosen = list(range(len(sentences))) if wholly else _chosen(sentences, asking)
    focus = " ".join(_end_of(sentences[at]) for at in chosen) or text
    parts = tuple(part for part in _PARTS.split(focus) if re.search(r"\w", part)) or (focus,)
    parts = tuple(part for part in parts if kinds_of(part) or _OPENS.match(part)) or parts
    kinds = tuple(kinds_of(part) for part in parts)
    return Focus(focus, parts, kinds, bool(asking), _CLAIMS.search(text) is not None)


def sought(said: str, before: str = "") -> str:
    """What of a line is compared by its meaning: what asks of a long one; a very short one with the line before."""
    text = focus_of(said).text if len(said.split()) > _BRIEF else said
    return f"{before} {text}" if before and len(text.split()) <= _ELLIPTIC else text


def compared(said: str, before: str = "") -> tuple[str, str]:
    """What of a line is compared by its meaning: as it is `sought`, and the part that asks alone."""
    return sought(said, before), focus_of(said).text


def kinds_of(text: str) -> frozenset[Asks]:
    """What a text asks for."""
    return frozenset(kind for kind, pattern in _KINDS.items() if pattern.search(text))


def _asks(sentence: str) -> bool:
    return (
        sentence.endswith("?")
        or re.match(
            r"(?:so |and |hey |please |excuse me,? )*(?:what|where|when|who|why|how|which|whose|wheres?|do|does|"
            r"is|are|can|could)\b",
            sentence,
            re.IGNORECASE,
        )
        is not None
        or kinds_of(sentence) - {Asks.NAME, Asks.STOCK, Asks.PERSON, Asks.PRICE} != frozenset()
    )


def _chosen(sentences: list[str], asking: list[int]) -> list[int]:
    """The sentences that ask: the last one, others right before it, and what it refers to."""
    if not sentences:
        return []
    last = asking[-1] if asking else len(sentences) - 1
    first = last
    while first - 1 in asking and last - first < 2 and len(sentences[first - 1].split()) < _LONG:
        first -= 1
    chosen = list(range(first, min(len(sentences), last + 2)))
    if first > 0 and len(content(" ".join(sentences[at] for at in chosen))) <= _LEAST:
        chosen.insert(0, first - 1)
    return chosen


def _end_of(sentence: str) -> str:
    """What a long sentence ends with."""
    words = sentence.split()
    if len(words) <= _LONG:
        return sentence
    tail = words[-_LAST:]
    cut = next((at + 1 for at, word in enumerate(tail[: _LAST // 2]) if word.endswith(",")), 0)
    return " ".join(tail[cut:])
