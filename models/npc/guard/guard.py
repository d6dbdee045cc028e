"""Judges the sentences of a reply, one after the other: what is unsupported, and which facts are under each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.npc.character import Npc
from models.npc.facts import Fact, sentences
from models.npc.guard import agreement, amounts, exempt, lexicon, names, people, stock, times, totals
from models.npc.guard.amount import Amount
from models.npc.guard.clauses import Clause, Reader, Sentence
from models.npc.guard.evidence import Evidence, Known, background
from models.npc.guard.topic import Topic, topic_of

_REMEMBERED = 2  # sentences of the reply that the next one may refer to


@dataclass(frozen=True, slots=True)
class Problem:
    """What of a sentence no fact supports. `kind`: number, name, role, time, item, denial, word, agreement."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A sentence, what is wrong with it, and the sources of the facts that are under it, the closest first."""

    text: str
    problems: tuple[Problem, ...]
    sources: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


class Guard:
    """Holds replies of one NPC to its facts. Made once; `turn` for each line of a player."""

    def __init__(self, npc: Npc, facts: Sequence[Fact] | None = None) -> None:
        """`facts` are those of the system message, if they are not all."""
        self.reader = Reader(npc)
        told = sentences(npc) if facts is None else facts
        self.evidence = Evidence(npc, (*told, *background(npc)), self.reader)

    def turn(self, said: str, known: Sequence[Fact] = (), player: str = "") -> "Turn":
        """A turn: what the player said, what was computed or retrieved for it, and the player's name."""
        return Turn(self, said, known, player)


class Turn:
    """One reply, judged while it is made. A sentence that passed is what the next one may refer to."""

    def __init__(self, guard: Guard, said: str, known: Sequence[Fact], player: str) -> None:
        self._reader = guard.reader
        self._evidence = guard.evidence.and_also(known, guard.reader) if known else guard.evidence
        self._said = guard.reader.read(said)
        self._player = player
        self._before: list[Sentence] = []
        self._stated: list[Amount] = []
        self._parts = totals.parts_of(guard.evidence.npc, said)

    def judge(self, text: str) -> tuple[Verdict, ...]:
        """Verdicts of the sentences in a piece of the reply, which may be all of it."""
        verdicts = []
        for sentence in self._reader.read(text):
            verdicts.append(self._judge(sentence))
            self._before.append(sentence)
        return tuple(verdicts)

    def _judge(self, sentence: Sentence) -> Verdict:
        topic = self._topic(sentence)
        if quoted := self._evidence.quoting(sentence):
            self._stated += [amount for clause in sentence.clauses for amount in clause.amounts]
            return Verdict(sentence.text, (), tuple(known.source for known in quoted))
        supporting: list[Known] = []
        problems = [
            *self._amounts(sentence, supporting),
            *_problems("name", names.unknown_names(sentence, topic, self._evidence, self._player)),
            *_problems("name", names.torn_apart(sentence, self._evidence)),
            *_problems("word", names.garbled(sentence, topic, self._evidence)),
            *_problems("role", people.wrong_roles(sentence, topic, self._evidence)),
            *_problems("role", people.wrong_answers(sentence, topic, self._evidence)),
            *_problems("time", times.wrong_times(sentence, topic, self._evidence)),
            *_problems("item", stock.wrong_stock(sentence, topic, self._evidence)),
            *_problems("item", stock.unknown_goods(sentence, topic, self._evidence)),
            *_problems("denial", agreement.denials(sentence, topic, self._evidence)),
            *_problems("word", agreement.exchanged(sentence, topic, self._evidence)),
            *_problems("word", agreement.misplaced(sentence, topic, self._evidence)),
            *self._agreed(sentence),
        ]
        sources = dict.fromkeys([*(known.source for known in supporting), *self._closest(sentence, topic)])
        return Verdict(sentence.text, tuple(dict.fromkeys(problems)), tuple(sources))

    def _amounts(self, sentence: Sentence, supporting: list[Known]) -> Iterator[Problem]:
        for place, clause in enumerate(sentence.clauses):
            topic = self._topic(sentence, place)
            together = list[tuple[Amount, list[Known]]]()
            for amount in clause.amounts:
                if exempt.exempt(amount, clause, sentence, topic, self._evidence):
                    if exempt.is_denied(amount, sentence) and amounts.supporting(amount, clause, topic, self._evidence):
                        yield Problem("number", f"not {amount.text}")
                    continue
                found = amounts.supporting(amount, clause, topic, self._evidence)
                if not (found or self._works_out(amount, clause)):
                    yield Problem("number", amount.text)
                supporting += found
                together.append((amount, found))
                self._stated.append(amount)
            if not amounts.belong_together(clause, together):
                yield Problem("number", " and ".join(amount.text for amount, _ in together))

    def _works_out(self, amount: Amount, clause: Clause) -> bool:
        """Whether a number that no fact states is right nevertheless."""
        return totals.adds_up(amount, clause, self._stated) or totals.is_a_part(amount, clause, self._parts)

    def _agreed(self, sentence: Sentence) -> Iterator[Problem]:
        """What a "yes" makes of the player's line: numbers of it that no fact supports."""
        if not lexicon.AGREEMENTS.match(" ".join(sentence.words)):
            return
        nothing = Topic()
        for said in self._said:
            for clause in said.clauses:
                for amount in clause.amounts:
                    if not (amount.currency or amount.clock) or self._evidence.computes(amount):
                        continue
                    if not amounts.supporting(amount, clause, nothing, self._evidence):
                        yield Problem("agreement", amount.text)

    def _topic(self, sentence: Sentence, place: int = 0) -> Topic:
        return topic_of(self._said, self._before[-_REMEMBERED:], sentence.clauses[:place])

    def _closest(self, sentence: Sentence, topic: Topic) -> Iterator[str]:
        """Sources of facts that share most with a sentence."""
        own = sentence.content
        scored = [(len(own & known.content), known.source) for known in self._evidence.facts]
        best = max((score for score, _ in scored), default=0)
        if best >= 2:
            yield from (source for score, source in scored if score == best)


def _problems(kind: str, texts: Iterator[str]) -> Iterator[Problem]:
    return (Problem(kind, text) for text in texts)
