"""English for the facts of an NPC: articles, plurals, lists, prices."""

import re
from collections.abc import Sequence
from decimal import Decimal

from models.npc.character import Currency, Ware
from models.npc.words import DURATIONS, IRREGULAR_PLURALS, MEASURES

# Sounds decide, not letters: an hour, a unicorn, a one-eyed cat, an 8, an X.
_SOUNDS_LIKE_A_VOWEL = re.compile(r"(?:hour|honest|honou?r|heir|8|11(?!\d)|18(?!\d)|[FHLMNRSX](?![a-z]))")
_SOUNDS_LIKE_A_CONSONANT = re.compile(
    r"(?:[Uu](?:ni(?![nm])|s[eu]|ti|re|ra|bi|-)|[Ee]u|[Ee]we|[Oo]n(?:e|ce)\b|U(?![a-z]))"
)

_MEN = re.compile(r"[a-z]{2,}(?<!hu)(?<!ger)(?<!sha)(?<!tali)(?<!cai)(?<!ro)man")  # fisherman, but human
_HEAD = re.compile(r"(.+?)( (?:of|for|from|with|to|in|at|on|by|without|against|per)\b.*|-in-.*)", re.IGNORECASE)

_ARTICLES = ("the ", "a ", "an ", "this ", "that ", "my ", "our ", "his ", "her ", "their ", "your ")


def article(noun: str) -> str:
    """ "a" or "an" before a noun phrase."""
    if _SOUNDS_LIKE_A_VOWEL.match(noun):
        return "an"
    if _SOUNDS_LIKE_A_CONSONANT.match(noun):
        return "a"
    return "an" if noun[:1].lower() in tuple("aeiou") else "a"


def with_article(noun: str) -> str:
    """ "a room", "an ale"; "the Sword of Dawn" as it is."""
    return noun if noun.lower().startswith(_ARTICLES) else f"{article(noun)} {noun}"


def plural(noun: str) -> str:
    """The plural of a noun phrase: its head takes the ending, "pairs of boots"."""
    if head := _HEAD.fullmatch(noun):
        return plural(head[1]) + head[2]
    before, last = noun[: noun.rfind(" ") + 1], noun[noun.rfind(" ") + 1 :]
    dash = last.rfind("-") + 1
    before, last = before + last[:dash], last[dash:]
    lower = last.lower()
    if lower in IRREGULAR_PLURALS:
        ending = IRREGULAR_PLURALS[lower]
        return before + (last[0] + ending[1:] if ending[0] == lower[0] else ending)
    if _MEN.fullmatch(lower):
        return f"{before}{last[:-2]}en"
    if re.search(r"(?:s|x|z|ch|sh)$", lower):
        return f"{before}{last}es"
    if re.search(r"[^aeiou]y$", lower) and not last[:1].isupper():
        return f"{before}{last[:-1]}ies"
    return f"{before}{last}s"


def is_plural(noun: str) -> bool:
    """Whether a verb after these words is one of several: "the docks", "Anna and Bo"; "the Seven Stars" is one inn."""
    last = noun[noun.rfind(" ") + 1 :]
    if re.search(r",| and | & ", noun):
        return True
    if last in ("people", "men", "women", "children"):
        return True
    return last.islower() and re.search(r"(?<![sui])s$", last) is not None


def joined(parts: Sequence[str], word: str = "and") -> str:
    """ "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def sentence(text: str) -> str:
    """With a capital at the start and a mark at the end."""
    text = text[:1].upper() + text[1:]
    return text if re.search(r"[.!?\u2026]\W*$", text) else f"{text}."


def possessive(name: str) -> str:
    """ "Mara Quill's"."""
    return f"{name}'s"


def figure(amount: Decimal) -> str:
    """ "7", "2.50"."""
    return str(int(amount)) if amount == amount.to_integral_value() else f"{amount:.2f}"


def money(amount: Decimal, currency: Currency) -> str:
    """ "7 silver", "1 crown", "2.50 marks"."""
    return f"{figure(amount)} {currency.one if amount == 1 else currency.many}"


def unit_noun(ware: Ware) -> str:
    """What the price is for one of: "night" of "a night", "sack" of "per sack"; "" for "each" or nothing."""
    words = ware.unit.lower().split(" ", 1)
    return words[1] if len(words) == 2 and words[0] in ("a", "an", "per", "the", "every", "each", "for") else ""


def by_the_time(ware: Ware) -> bool:
    """Whether it is let for a time, as rooms are."""
    return unit_noun(ware) in DURATIONS


def by_the_measure(ware: Ware) -> bool:
    """Whether its price is for a measure of it: a sack, a dozen, a pound."""
    return not ware.countable or unit_noun(ware).split(" ")[0] in MEASURES


def counted(number: int, ware: Ware) -> str:
    """ "3 rooms", "1 room", "12 sacks of flour"."""
    if ware.countable:
        return f"{number} {ware.item if number == 1 else ware.plural}"
    unit = unit_noun(ware)
    return f"{number} {unit if number == 1 else plural(unit)} of {ware.item}" if unit else f"{number} {ware.item}"
