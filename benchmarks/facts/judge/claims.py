"""Whether a reply states an alternative of a question, or says what it must not."""

import re
from decimal import Decimal

from facts.judge import phrases
from facts.judge.context import Context
from facts.judge.numbers import Number, numbers
from facts.judge.support import of_another
from facts.judge.text import Sentence, clause_at, negated, negates, sentences
from facts.judge.words import stem
from facts.questions import Question, partial_results

_NUMBER = re.compile(r"([#$])(\d+(?:\.\d+)?)(?: ([a-z]+))?")
_TIME = re.compile(r"@(\d\d):(\d\d)")
_ENDS_ITSELF = re.compile(r"(?:\\.|[\s:=\[\]{}])$")  # a pattern that needs no end of a word behind it
_WHOLE = {"~no": phrases.DENIES, "~yes": phrases.AFFIRMS, "~none": phrases.NONE_LEFT}


def states(option: str, text: str, said: list[Sentence], context: Context) -> bool:
    """Whether an alternative is stated, and not in a negation or a question."""
    if option in _WHOLE:
        none = option == "~none" and phrases.DENIES.search(text)
        return bool(none or _WHOLE[option].search(text))
    for sentence in said:
        if not sentence.asks:
            for place, end in _found(option, sentence.text, context):
                if not negated(sentence.text, place) or negates(sentence.text[place:end]):
                    return True
    return False


def asserts(pattern: str, text: str, context: Context) -> bool:
    """Whether a reply says what it must not, and neither denies it, nor asks it, nor lays it in the player's mouth."""
    if pattern in _WHOLE:
        return bool(_WHOLE[pattern].search(text))
    if pattern.startswith("^"):
        return bool(re.search(pattern, text))
    return any(
        not _denied_in(sentence.text, place)
        for sentence in sentences(text)
        if not sentence.asks
        for place, _ in _found(pattern, sentence.text, context)
    )


def denied(text: str, place: int) -> bool:
    """Whether what stands at a place is denied, or quoted from the player."""
    start = max(text.rfind(mark, 0, place) for mark in ".!?\n") + 1
    return _denied_in(text[start:], place - start)


def right_numbers(question: Question) -> list[Number]:
    """The numbers that a right reply has, and those on the way to them."""
    found = [Number(value, "count", "", 0, 0) for value in partial_results(question.working)]
    for option in (option for options in question.states for option in options):
        if match := _NUMBER.fullmatch(option):
            found.append(Number(Decimal(match[2]), "count", "", 0, 0))
        elif match := _TIME.fullmatch(option):
            found.append(Number(Decimal(0), "time", "", 0, 0, False, _minutes(match)))
    return found


def _minutes(match: re.Match[str]) -> frozenset[int]:
    return frozenset({int(match[1]) * 60 + int(match[2])})


def _found(option: str, sentence: str, context: Context) -> list[tuple[int, int]]:
    """Where a sentence has an alternative."""
    if match := _NUMBER.fullmatch(option):
        return [
            (number.start, number.end)
            for number in numbers(sentence)
            if number.value == Decimal(match[2])
            and (_is_money(number, context) if match[1] == "$" else number.kind in ("count", "ordinal"))
            and (not match[3] or stem(match[3]) == number.noun)
            and not of_another(number, sentence, context)
        ]
    if match := _TIME.fullmatch(option):
        return [(number.start, number.end) for number in numbers(sentence) if number.minutes & _minutes(match)]
    behind = "" if _ENDS_ITSELF.search(option) else r"(?!\w)"
    return [found.span() for found in re.finditer(rf"(?<!\w)(?:{option}){behind}", sentence)]


def _is_money(number: Number, context: Context) -> bool:
    if number.kind == "money":
        return number.unit in (context.currency, "coin") or (
            number.unit == "cent" and context.currency in ("euro", "dollar")
        )
    return number.kind == "count" and not number.noun


def _denied_in(sentence: str, place: int) -> bool:
    """Whether the words before a place deny it, or the player's are quoted."""
    if negated(sentence, place, 8) or phrases.PLAYER_SAYS.search(sentence[:place]):
        return True
    return bool(re.match(r"\W*(?:no|nay|nope|never)\b", clause_at(sentence, place)))
