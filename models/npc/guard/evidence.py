"""What an NPC knows in a turn, prepared for the guard: facts with their clauses, amounts, names and wares."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from models.npc.character import Npc, Relation
from models.npc.costs import worth
from models.npc.english import unit_noun
from models.npc.facts import Fact
from models.npc.guard import lexicon
from models.npc.guard.amount import Amount
from models.npc.guard.clauses import Clause, Reader, Sentence
from models.npc.guard.results import labelled
from models.npc.lemmas import content, stem
from models.npc.numbers import Kind, tokens
from models.npc.orders import currencies
from models.npc.prompt import character, opening
from models.npc.words import LOTS, STOP_WORDS

# Stems of lengths of time, each with how many of a smaller one it has.
_SPANS = {"hour": (60, "minut"), "day": (24, "hour"), "week": (7, "day"), "year": (12, "month")}


@dataclass(frozen=True, slots=True)
class Known:
    """A fact as the guard reads it. `amounts` are pairs of an amount and the clause that states it."""

    fact: Fact
    said: frozenset[tuple[str, ...]]  # its sentences as words, without marks
    clauses: tuple[Clause, ...]
    stems: frozenset[str]
    content: frozenset[str]
    wares: frozenset[int]
    amounts: tuple[tuple[Amount, Clause], ...]
    subject: frozenset[str] = frozenset()  # of hours: what opens

    @property
    def result(self) -> bool:
        """Whether it is what the game has answered to an action."""
        return self.source.startswith("action")

    @property
    def numbers(self) -> Iterator[Amount]:
        """Its numbers without their clauses."""
        return (amount for amount, _ in self.amounts)

    @property
    def source(self) -> str:
        """Where the fact is from."""
        return self.fact.source


class Evidence:
    """All that a reply may be held to. `strong` are the stems of what facts are about: wares, people, places."""

    def __init__(self, npc: Npc, facts: Iterable[Fact], reader: Reader) -> None:
        self.npc = npc
        self.facts = tuple(_known(npc, fact, reader) for fact in facts)
        self.vocabulary = frozenset[str]().union(*(fact.content for fact in self.facts))
        typed = (fact.content for fact in self.facts if fact.source not in ("opening", "persona"))
        self.stated = frozenset[str]().union(*typed)
        self.strong = frozenset(_strong(npc))
        stated = (amount for fact in self.facts for amount, _ in fact.amounts)
        self.units = frozenset(unit for amount in stated for unit in amount.unit) | lexicon.DURATIONS
        self.rare = _rare(self.facts)
        self.people = frozenset(root for relation in npc.relations for root in _stems(relation.who))
        self.ordinals = _ordinals(self.facts)
        self.names = frozenset(stem(word) for fact in self.facts for word in _capitals(fact)) | _stems(npc.name)
        self.money = frozenset(
            part for currency in currencies(npc) for name in (currency.one, currency.many) for part in _stems(name)
        )

    def quoting(self, sentence: Sentence) -> tuple[Known, ...]:
        """The facts that have a sentence as it is."""
        said = _only_words(sentence.words)
        return tuple(known for known in self.facts if said in known.said)

    def computes(self, amount: Amount) -> bool:
        """Whether the program has computed with a number: "20 silver is enough"; not where it is too little."""
        sums = (known for known in self.facts if known.source == "sum" and "not enough" not in known.fact.text)
        return any(amount.value == other.value for known in sums for other in known.numbers)

    def relation(self, known: Known) -> Relation | None:
        """The relation that a fact is from, if it is from one."""
        if not known.source.startswith("relations["):
            return None
        return self.npc.relations[int(known.source[10:-1])]

    def and_also(self, facts: Iterable[Fact], reader: Reader) -> "Evidence":
        """This and more: what is computed or retrieved for one line of the player."""
        more = Evidence(self.npc, facts, reader)
        made = object.__new__(Evidence)
        made.npc, made.strong, made.money, made.people = self.npc, self.strong, self.money, self.people
        made.facts = self.facts + more.facts
        made.vocabulary = self.vocabulary | more.vocabulary
        made.units = self.units | more.units
        made.stated = self.stated | more.stated
        made.rare = self.rare
        made.ordinals = self.ordinals | more.ordinals
        made.names = self.names | more.names
        return made


def background(npc: Npc) -> tuple[Fact, ...]:
    """What the system message says besides facts: who the NPC is, its persona, style and goals."""
    return (Fact(opening(npc), "opening"), *(Fact(text, "persona") for text in character(npc)))


def _rare(facts: Sequence[Known]) -> frozenset[str]:
    """What only one fact with numbers is about, as "deposit" is: who says it means that fact."""
    counted = Counter(root for fact in facts for root in fact.content)
    numbered = {root for fact in facts for amount, _ in fact.amounts for root in amount.unit}
    stated = [fact for fact in facts if fact.amounts and fact.source.startswith(("facts[", "rules["))]
    return frozenset(root for fact in stated for root in fact.content - numbered if counted[root] == 1)


def _ordinals(facts: Iterable[Known]) -> frozenset[str]:
    """What the facts number: the second bell, the third arch."""
    amounts = (amount for fact in facts for amount, _ in fact.amounts)
    return frozenset(unit for amount in amounts if amount.kind is Kind.ORDINAL for unit in amount.unit)


def _known(npc: Npc, fact: Fact, reader: Reader) -> Known:
    sentences = reader.read(fact.text)
    clauses = tuple(clause for sentence in sentences for clause in sentence.clauses)
    wares = frozenset(place for clause in clauses for named in clause.wares for place in named)
    if fact.source.startswith("wares["):
        wares = frozenset([int(fact.source[6 : fact.source.index("]")])])
    result = fact.source.startswith("action")
    stated = ((amount, clause) for clause in clauses for amount in (labelled(clause) if result else clause.amounts))
    amounts = tuple(pair for amount, clause in stated for pair in _worth(npc, amount, clause))
    if clauses:
        amounts += tuple((lot, clauses[0]) for lot in _lots(npc, fact))
    return Known(
        fact,
        frozenset(_only_words(sentence.words) for sentence in sentences),
        clauses,
        frozenset(stem for clause in clauses for stem in clause.stems),
        content(fact.text),
        wares,
        amounts,
        content(npc.hours[int(fact.source[6:-1])].what) if fact.source.startswith("hours[") else frozenset(),
    )


def _lots(npc: Npc, fact: Fact) -> Iterator[Amount]:
    """How many things a price is for: the hundred of "nails cost 2 crowns a hundred"."""
    if not fact.source.endswith(".price"):
        return
    ware = npc.wares[int(fact.source[6 : fact.source.index("]")])]
    if value := LOTS.get(unit_noun(ware)):
        units = tuple(stem(token.word) for token in tokens(ware.plural))
        yield Amount(Decimal(value), Kind.CARDINAL, ware.unit, 0, 0, units)


def _only_words(found: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in found if word[0].isalnum())


def _worth(npc: Npc, amount: Amount, clause: Clause) -> Iterator[tuple[Amount, Clause]]:
    """An amount, and the same in other currencies, or of another length: 48 hours are two days."""
    yield amount, clause
    for unit, (size, smaller) in _SPANS.items():
        if smaller in amount.unit and not 4 * amount.value % size:  # 15 minutes are a quarter of an hour
            yield replace(amount, value=amount.value / size, unit=(unit,)), clause
        if unit in amount.unit:
            yield replace(amount, value=amount.value * size, unit=(smaller,)), clause
    if amount.currency is None:
        return
    for currency in currencies(npc):
        value = worth(amount.value, amount.currency, currency, npc)
        if currency != amount.currency and value is not None:
            yield replace(amount, value=value, currency=currency, converted=True), clause


def _strong(npc: Npc) -> Iterator[str]:
    for ware in npc.wares:
        yield from _stems(f"{ware.item} {ware.plural}")
    for hours in npc.hours:
        yield from _stems(hours.what)
    for relation in npc.relations:
        yield from _stems(f"{relation.who} {relation.role}")
    for rule in npc.rules:
        yield from _stems(" ".join(rule.who))
    for statement in npc.facts:
        yield from _stems(statement.about)
    for lore in npc.lore:
        yield from _stems(lore.title)


def _stems(text: str) -> frozenset[str]:
    return frozenset(
        stem(token.word) for token in tokens(text) if token.word[0].isalnum() and token.word not in STOP_WORDS
    )


def _capitals(fact: Known) -> Iterator[str]:
    """Words of names in a fact. A common word is none where it only opens a sentence."""
    for clause in fact.clauses:
        for run in clause.names:
            for word in run:
                opens = len(run) == 1 and clause.words[:1] == (word,)
                if not (opens and (word in STOP_WORDS or stem(word) in lexicon.common_words())):
                    yield word
