"""Rules that a line runs into: it names whom or what they concern, and wants something of the NPC."""

import re

from models.npc.answers.focus import Asks, Focus
from models.npc.answers.spelling import spelled
from models.npc.character import Npc, Rule
from models.npc.lemmas import content, stem
from models.npc.numbers import Kind, numbers, tokens

_GROWN = 16  # years
_CHILD = frozenset(map(stem, ("child", "kid", "minor", "youngster")))
_STRIKES = frozenset(map(stem, ("strike", "struck", "hit", "beat", "beaten", "whip", "whipped", "slap", "kick")))
_OF_ONESELF = re.compile(
    r"\b(?:i am|i'm|we are|we're|name's|i ride|sends? me|sent me|on behalf of|my name is|i collect|i serve|we serve|"
    r"i work for|i come from|we come from|if you please|ma'am|your honou?r|requires?|his majesty|her majesty)\b",
    re.IGNORECASE,
)
_NO_WORDS = frozenset(
    map(stem, ("let", "nobody", "never", "nothing", "anyone", "anybody", "sell", "take", "make", "give", "serve"))
)
_BEFORE_AN_AGE = re.compile(r"\b(?:i'm|i am|am only|he's|she's|he is|she is|is)(?: only| just)?$")
_AFTER_AN_AGE = frozenset([".", ",", "!", "?", ";", "and", "year", "years", "-"])
_SHARE = 0.75  # of a rule's own words that a request has
_LONG = 30  # words of a line of which only what asks, and who asks, counts


def rule_against(npc: Npc, said: str, focus: Focus) -> int | None:
    """The place of the rule that forbids what a line wants; None if nothing does, or it only asks."""
    at = rule_named(npc, said, focus)
    if at is not None and (not focus.kind - {Asks.STOCK} or _OF_ONESELF.search(spelled(said))):
        return None if Asks.REASON in focus.kind else at
    if focus.kind:
        return None
    words = _words(said)
    for at, rule in enumerate(npc.rules):
        own = content(rule.rule) - _NO_WORDS
        if len(own) >= 2 and len(own & words) / len(own) >= _SHARE:
            return at
    return None


def rule_named(npc: Npc, said: str, focus: Focus) -> int | None:
    """The place of the first rule whose people or things a line names, in any order and form."""
    words = _words(_who_and_what(said, focus))
    for at, rule in enumerate(npc.rules):
        for who in rule.who:
            if all(_forms(word) & words for word in content(who)) and content(who):
                return at
    return None


def concerns(rule: Rule, said: str) -> bool:
    """Whether a rule may concern a line: of the people it is for, if any, a word is named."""
    words = _words(said)
    return not rule.who or any(_forms(word) & words for who in rule.who for word in content(who))


def _who_and_what(said: str, focus: Focus) -> str:
    """What of a line may run into a rule: of a long one what it asks, and what the player says of himself."""
    if len(said.split()) <= _LONG:
        return said
    sentences = re.split(r"(?<=[.!?])\s+", said)
    return " ".join([*(one for one in sentences if _OF_ONESELF.search(one) and len(one.split()) <= _LONG), focus.text])


def _words(said: str) -> frozenset[str]:
    """The stems of a line, doers as what they do, and "child" for who tells such an age."""
    text = spelled(said)
    found = content(text)
    found |= {form for word in found for form in _forms(word)}
    return found | _CHILD if _is_child(text) else found


def _forms(word: str) -> frozenset[str]:
    """A stem and its near relations: a collector collects, and who strikes has beaten."""
    doer = {word[:-2]} if len(word) > 5 and word.endswith(("er", "or")) else set()
    return frozenset({word} | doer) | (_STRIKES if word in _STRIKES else frozenset())


def _is_child(text: str) -> bool:
    """Whether somebody says "I'm seven years old", or "I'm six"."""
    found = tokens(text)
    for number in numbers(found):
        before = " ".join(token.word for token in found[max(0, number.first - 3) : number.first])
        after = found[number.end].word if number.end < len(found) else "."
        young = number.kind is Kind.CARDINAL and number.value < _GROWN
        if young and after in _AFTER_AN_AGE and _BEFORE_AN_AGE.search(before):
            return True
    return False
