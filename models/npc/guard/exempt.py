"""Numbers in a reply that state nothing: idioms, denials, and the player's own number in a question or a denial.

What the player said supports nothing. It may be asked back ("Five?") and denied ("Five is too little"), no more.
"""

import re
from decimal import Decimal

from models.npc.guard import lexicon
from models.npc.guard.amount import Amount
from models.npc.guard.clauses import Clause, Sentence
from models.npc.guard.evidence import Evidence
from models.npc.guard.topic import Topic
from models.npc.numbers import Kind

_COUNT = re.compile(r"\b(?:left|free|available|in stock|have|has|got|there are|there is|there's)\b")
_TOO_MUCH = re.compile(r"\btoo (?:many|much|few|little|high|low|large)\b|\bnot (?:enough|possible)\b")
_REPORTED = re.compile(r"\b(?:you (?:said|say|asked|want|wanted|claim|heard)|somebody|someone|who told)\b")
_OFFER = re.compile(r"\b(?:shall|how about|what about|will|would|deal|let us|let's|make it|take)\b")
_COMPARED = re.compile(r"\b(?:more|less|fewer|over|under|above|below|beyond|up to)(?: than)? $")
_HOW_LONG = re.compile(r"\bhow (?:long|far|soon|old)\b")
_HOW_OFTEN = re.compile(r"\bhow (?:often|many times)\b")
_SPAN_ENDS = frozenset(["ahead", "after", "before", "ago", "later", "past"])
_NEGATED = (
    ("not",),
    ("isn't",),
    ("aren't",),
    ("wasn't",),
    ("never",),
    ("not", "a"),
    ("not", "for"),
    ("neither",),
    ("nor",),
)


def exempt(amount: Amount, clause: Clause, sentence: Sentence, topic: Topic, evidence: Evidence) -> bool:
    """Whether a number states nothing."""
    return (
        _is_idiom(amount, sentence)
        or is_denied(amount, sentence)
        or (amount.loose and not _is_span(amount, clause, sentence, topic))
        or _counts_nothing(amount, clause, topic, evidence)
        or _is_of_the_order(amount, sentence, topic)
        or (amount.text == "one" and not _is_one(amount, clause, topic))
        or (amount.kind is Kind.ORDINAL and not _numbers(amount, sentence, evidence))
        or _is_given_back(amount, clause, sentence, topic)
    )


def is_denied(amount: Amount, sentence: Sentence) -> bool:
    """Whether "not" and the like are right in front of a number: "not seven"."""
    before = sentence.words[: amount.at]
    return any(before[-len(words) :] == words for words in _NEGATED)


def _is_idiom(amount: Amount, sentence: Sentence) -> bool:
    before = sentence.words[: amount.at]
    idiom = lexicon.IDIOMS.search(" ".join(sentence.words[max(0, amount.at - 3) : amount.end + 3]))
    if idiom and set(amount.text.split()) & set(idiom[0].split()):
        return True
    return before[-1:] == ("like",) or before[-2:] in (("and", "worth"), ("but", "worth"))


def _is_one(amount: Amount, clause: Clause, topic: Topic) -> bool:
    """Whether "one" counts: "one left", "one silver", "opens at one", "one hour before"."""
    after = clause.words[amount.end - clause.first :]
    if amount.currency or amount.clock or len(clause.words) <= 2 or (len(after) > 1 and after[1] in _SPAN_ENDS):
        return True
    return not clause.negative and bool(_COUNT.search(" ".join(clause.words))) and bool(clause.wares or topic.wares)


def _is_span(amount: Amount, clause: Clause, sentence: Sentence, topic: Topic) -> bool:
    """Whether "a week" is an answer: alone, to "how long", or "a week ahead"."""
    after = sentence.words[amount.end : amount.end + 1]
    spoken = sum(word[0].isalnum() for word in clause.words)
    if sentence.words[max(0, amount.at - 1) : amount.at] == ("of",):  # most of a day
        return False
    return spoken <= 3 or bool(_HOW_LONG.search(topic.text)) or (bool(after) and after[0] in _SPAN_ENDS)


def _counts_nothing(amount: Amount, clause: Clause, topic: Topic, evidence: Evidence) -> bool:
    """Whether "twice" is said by the way: nobody has asked how often, and no fact of the same says so."""
    if amount.text not in ("twice", "thrice") or _HOW_OFTEN.search(topic.text):
        return False
    return len(clause.words) > 2 and not clause.content & evidence.stated


def _is_of_the_order(amount: Amount, sentence: Sentence, topic: Topic) -> bool:
    """Whether it is how many things or people the player named: "42 silver for the three", "the four of you"."""
    before, after = sentence.words[max(0, amount.at - 1) : amount.at], sentence.words[amount.end : amount.end + 2]
    of_you = after in (("of", "you"), ("of", "them"), ("of", "us"))
    if before != ("the",) or amount.currency or not (of_you or not after or not after[0][0].isalnum()):
        return False
    counted = [one for one in topic.amounts if not one.currency and not one.clock]
    named = sum(len(clause.wares) for said in topic.said for clause in said.clauses)
    several = sum((one.value for one in counted), Decimal(0)) + max(0, named - len(counted))
    return amount.value in (several, *(one.value for one in counted))


def _numbers(amount: Amount, sentence: Sentence, evidence: Evidence) -> bool:
    """Whether "first" or "third" tells one of several: "the first of May", "the second bell"; not "the third stair"."""
    if not amount.unit and amount.value > 2:
        return True
    dated = sentence.words[max(0, amount.at - 1) : amount.at] == ("the",) and not amount.unit
    named = bool(set(amount.unit) & (evidence.ordinals | evidence.units - lexicon.DURATIONS))
    return dated or named or sentence.words[amount.end : amount.end + 1] == ("of",)


def _is_given_back(amount: Amount, clause: Clause, sentence: Sentence, topic: Topic) -> bool:
    """Whether it is the player's own number, asked back or denied: "Ten?", "ten is too much", "keep your ten"."""
    before = " ".join(sentence.words[max(0, amount.at - 3) : amount.at]) + " "
    if all(amount.value != said.value for said in topic.amounts) or _COMPARED.search(before):
        return False
    words = " ".join(clause.words)
    asked = sentence.question and not _OFFER.search(words)
    denied = clause.negative or bool(_TOO_MUCH.search(words) or _REPORTED.search(words))
    called = amount.unit and amount.unit[0] in lexicon.DURATIONS and sentence.text.endswith("!")
    return asked or denied or bool(called and len(sentence.content) <= 1) or before.endswith("your ")
