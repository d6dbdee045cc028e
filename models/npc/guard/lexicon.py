"""What the guard knows of English: denials, agreements, words that exclude one another, and common words."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from models.npc.lemmas import stem
from models.npc.words import DIGITS, TEENS, TENS, words

NEGATIONS = words(
    """no not never nothing nobody none neither nor cannot nowhere hardly ain't isn't aren't wasn't weren't don't
    doesn't didn't won't wouldn't can't couldn't shouldn't mustn't haven't hasn't hadn't refuse refuses refused forbid
    forbids forbidden"""
)
AGREEMENTS = re.compile(
    r"^(?:oh,? |ah,? |well,? |why,? )*(?:yes|aye|yep|yeah|indeed|correct|right|true|exactly|certainly|of course|sure|"
    r"surely|gladly|with pleasure|affirmative|absolutely|naturally|very well|agreed|done|"
    r"that is (?:right|true|correct)|that's (?:right|true|correct)|you are right|you're right|so it is|fine)\b"
)
AGREES_LAST = re.compile(r" (?:of course|with pleasure|gladly|naturally|certainly)\W*$")
REFUSALS = re.compile(r"^(?:oh,? |ah,? |well,? )*(?:no|nay|nope)\b\s*[,.!;:\u2014-]*\s*")
PERMISSIONS = words(
    """welcome allowed allow fine gladly may can sure course certainly pleasure permitted anybody anyone love happy
    delighted"""
)
BOUNDARIES = frozenset([",", ";", ":", "(", ")", "\u2014", "\u2013"]) | words("and but while though because so or")
COPULAS = words("is are was were has have had cost costs make makes come comes")
CONJUNCTIONS = words("and but because if unless until while who which that , ; : so though")
TURNS = words("opens closes shuts locks begins ends starts leaves open close start")
DURATIONS = words("second minute hour day night week month year tim mil league")  # stems; always known as units
LENGTHS = words("mile league")
# Money of any world: an amount of what an NPC has never heard of supports nothing of its prices.
COINS = frozenset(
    stem(word)
    for word in words(
        """coin dollar euro pound crown gold silver copper shilling guinea penny cent credit buck quid franc mark ducat
        florin yen farthing groat thaler ruble rupee peso dinar obol guilder sovereign"""
    )
)
SLANG = {"dollar": ("buck", "bucks"), "pound": ("quid",), "penny": ("p",)}  # by currency
AFTER_A_COIN = words("a an and each apiece per for every or will is now")
BEFORE_A_COIN = words("for at is costs cost just only merely ,")
LABELS = words("level dome unit room number page chapter gate dock pier floor house section")  # level nine
BEFORE_A_TIME = words("at till until from by past since")
NOT_UNITS = words("come comes came make makes made cost costs left free please altogether together total tonight today")
# Greetings and oaths name times of day without telling one.
GREETINGS = re.compile(r"\bgood (?:morning|day|evening|afternoon|night)\b|^(?:morning|evening|night)\b[,.! ]")
SOLD_OUT = re.compile(
    r"\b(?:sold out|all sold|all gone|none left|out of stock|no more|none at all|(?:are|is) gone|run out|ran out|"
    r"fresh out(?! of (?:the|my|our))|full up|fully booked|all taken|not (?:a single )?one left|nothing left)\b|"
    r"\bno (?:\w+ ){1,4}(?:left|free|available)\b|\bout of (?!order|the|here|my|your|our|town|date|place|it\b)"
)
AVAILABLE = re.compile(
    r"\b(?:left|free|available|in stock|there's|there is|there are|right here|plenty|one for you|spare|"
    r"here (?:they are|it is|you are|you go)|"
    r"(?:i|we|you)(?:'ve| have| can have|'ve got| have got)|i've|we've|still have)\b"
)
FREE_OF_CHARGE = re.compile(
    r"\bfree of charge\b|\bon the house\b|\bcosts? (?:you )?nothing\b|\bno charge\b|\bfor nothing\b|\bwithout charge\b"
)
FREE = re.compile(r"\b(?:is|are|it's|they're) free\b(?! of| to| from| for| on| until| tonight| now)")

# Left out before words are compared with those that exclude them.
PHRASES = re.compile(r" (?:right (?:now|away|here|there|you are|enough|then)|all right|that's right)(?= )")
# At most one word of a group fits in one place: a fact with another one says otherwise.
_GROUPS = """
    open close|shut|lock
    before after
    morning afternoon evening|night
    north south east west
    left right
    high low
    upper lower
    full new
    upstream downstream
    upstairs downstairs
    inside outside
    red blue green yellow black white purple grey|gray brown pink orange beige
    gold|golden silver copper brass iron steel
    oldest youngest
    older younger
    first last
    monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december
    spring summer autumn|fall winter
    gin rum vodka whisky beer wine
    silk wool linen velvet leather cotton
    almond walnut hazelnut
"""
KIN = words(
    """father mother brother sister son daughter husband wife uncle aunt nephew niece cousin grandfather grandmother
    grandson granddaughter grandchild stepson stepdaughter fiance lover twin child parent dad mum father-in-law"""
)
# Who is called one of these is not said to be anything: "my pride".
FOND_WORDS = words(
    """pride joy treasure dear darling love heart hand rock hero favourite trouble headache problem everything
    life own man girl boy lad fellow angel devil"""
)
TITLES = words("mr mrs ms dr sir madam lady lord ma'am god gods heaven o'clock")
# Short answers to "what is it called?" that are no names.
NO_NAMES = words(
    """yes no aye nay never nobody none nothing ha hm heh well ask guess me myself you somebody someone unknown sorry
    pardon wrong bah hush next bless"""
)
CALLS = words("ask tell see try find only even old young poor dear good little visit meet thank bless")
MOMENTS = words("noon midday midnight dawn daybreak sunrise dusk nightfall sunset sundown twilight cockcrow vespers")
WEEKDAYS = words("monday tuesday wednesday thursday friday saturday sunday")
MONTHS = words("january february march april june july august september october november december")
IDIOMS = re.compile(
    r"\b(?:a (?:hundred|thousand|million) (?:times|thanks|pardons|apologies|welcomes|ways|reasons)|one moment|"
    r"one thing|one day|the one|this one|that one|one of|no one|any one|just a second|wait a second|second thoughts?|"
    r"on second|second nature|second to none|two minds|at first|first of all|first thing|the first time|ten to one|"
    r"half asleep|nine times out of ten|half deaf|half empty|half full|half as|at sixes and sevens|forty winks|"
    r"to the second|two (?:feet|hands|eyes|ears|legs)|half of (?:me|you|us)|(?:other|better) half|"
    r"going on \S+|\S+ times (?:as|more|over|the|better|worse|older|younger))\b"
)
# Denials in form that deny nothing of the sentence: "five silver, no more".
_NOT_DENYING = re.compile(
    r" (?:no (?:more|less|fewer|doubt|problem|trouble|matter|wonder|questions?|worries|need)|never mind|don't worry|"
    r"not a \w+ (?:more|less)|not (?:one )?\w+ (?:more|less)|nothing (?:more|less)|why not|not only|if not)(?= )"
)
_PENCE = re.compile(r"\b(two|three|four|five|six|seven|eight|nine|ten|twelve)pence\b", re.IGNORECASE)
_NUMBER_WORD = rf"(?:{'|'.join((*DIGITS, *TEENS, *TENS, 'hundred', 'dozen', 'half'))}|\d)"
# Of a name in small letters: "the bath's five", "a hundred's enough".
_IS_NUMBER = re.compile(rf"\b([a-z]+)['\u2019]s(?= (?:only |just )?(?:a )?{_NUMBER_WORD}| (?:enough|plenty)\b)")
_TUPPENCE = re.compile(r"\btuppence\b", re.IGNORECASE)


_HALF_DAY = re.compile(r"\b([ap])\.m\.?(?!\w)", re.IGNORECASE)


def spelled_out(text: str) -> str:
    """A text with "fourpence" as "four pence", "an ale's two" as "an ale is two" and "p.m." as "pm"."""
    pence = _TUPPENCE.sub("two pence", _PENCE.sub(r"\1 pence", text))
    return _HALF_DAY.sub(r" \1m", _IS_NUMBER.sub(r"\1 is", pence))


def negative(said: Sequence[str]) -> bool:
    """Whether words deny something."""
    text = _NOT_DENYING.sub(" ", f" {' '.join(said)} ")
    return any(word in NEGATIONS or word.endswith("n't") for word in text.split())


@cache
def exclusive() -> dict[str, frozenset[str]]:
    """Stems, each with the stems that say something else in its place."""
    others: dict[str, frozenset[str]] = {}
    for group in _GROUPS.strip().splitlines():
        sets = [frozenset(stem(word) for word in choice.split("|")) for choice in group.split()]
        for own in sets:
            for word in own:
                rest = frozenset[str]().union(*(other for other in sets if other is not own))
                others[word] = others.get(word, frozenset()) | rest
    return others


@cache
def common_words() -> frozenset[str]:
    """Stems of common English words: one of them with a capital, first in a sentence, is no name.

    Taken from the words of a language model's vocabulary that begin with a small letter.
    """
    return words((files(__package__) / "words" / "common.txt").read_text("utf-8"))
