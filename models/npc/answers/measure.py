"""Whether a fact has the measure that a question asks for: how far, how heavy, how many oxen, what colour."""

import re

from models.npc.answers.kinship import kin
from models.npc.lemmas import content, stem
from models.npc.numbers import Kind, numbers, tokens
from models.npc.words import FILLERS, STOP_WORDS

_LENGTHS = (
    r"feet|foot|ells?|paces?|yards?|met(?:er|re)s?|inch(?:es)?|fathoms?|miles?|leagues?|kilomet|cubits?|hands?|spans?"
)
_UNITS = (
    (r"how far\b", rf"{_LENGTHS}|steps?|minutes?|hours?|days?|away|beside|behind|next to|near|under|in the|at the"),
    (r"how old\b|what age\b", r"years?|age|aged|old|built|founded|born|century"),
    (r"how (?:wide|deep|tall|high|broad|thick)\b|how big\b", rf"{_LENGTHS}|across|acres?"),
    (
        r"how heavy\b|how much does .{0,30} weigh|what .{0,30} weigh\b",
        r"tons?|tonnes?|pounds?|kilos?|stones?|grams?|hundredweight|weighs?",
    ),
    (r"how often\b", r"every|a (?:day|week|month|year|night|shift)|daily|weekly|twice|once|always|never|nightly"),
    (
        r"how (?:much )?longer?\b",
        r"seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|until|forever|spring|summer|autumn|winter|takes?",
    ),
    (
        r"what colou?rs?\b",
        r"red|green|black|white|gold(?:en)?|blue|crimson|yellow|grey|gray|brown|purple|silver|pink|orange",
    ),
    (r"birthday\b", r"birthday|born"),
    (r"\bdie(?:d)? of\b|\bkilled\b", r"died|dead|killed|drowned|hanged|death"),
)
_MEASURED = [
    (re.compile(asked, re.IGNORECASE), re.compile(rf"\b(?:{units})\b", re.IGNORECASE)) for asked, units in _UNITS
]
_HOW_MANY = re.compile(r"\bhow many\b(.*)", re.IGNORECASE)
_PRONOUNS = frozenset(
    ["of", "them", "those", "these", "it", "that", "are", "is", "do", "does", "have", "did", "can", "more"]
)
_REACH = 4  # words behind a number that may say what it counts


def measures(question: str, text: str) -> bool:
    """Whether a text has what is measured; True where a question measures nothing."""
    for asked, units in _MEASURED:
        if asked.search(question) and not units.search(text):
            return False
    wanted = _counted_in(question)
    return not wanted or _counts(text, wanted)


def _counted_in(question: str) -> frozenset[str]:
    """The stems of what "how many" asks for; none where it is said elsewhere."""
    found = _HOW_MANY.search(question)
    if found is None:
        return frozenset()
    wanted = set[str]()
    for token in tokens(found[1])[:3]:
        if token.word in _PRONOUNS or (token.word in STOP_WORDS and token.word not in FILLERS):
            break
        if token.word not in FILLERS:
            wanted |= kin(stem(token.word))
    return frozenset(wanted)


def _counts(text: str, wanted: frozenset[str]) -> bool:
    """Whether a number of a text counts it, or the text is about it and has a number."""
    found = tokens(text)
    for number in numbers(found):
        if number.kind is Kind.ORDINAL:
            continue
        behind = " ".join(token.word for token in found[number.end : number.end + _REACH])
        if content(behind) & wanted or (number.end >= len(found) - 1 and content(text) & wanted):
            return True
    return bool(re.search(r"\b(?:no|none|sold out|sold)\b", text.lower()) and content(text) & wanted)
