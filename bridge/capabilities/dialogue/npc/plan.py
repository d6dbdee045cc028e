"""What becomes of a line of the player: said by the author, refused, an action, or free talk with what is known for it.

Pure, and takes milliseconds: call it off the event loop.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bridge.capabilities.dialogue.npc.loaded import LoadedNpc, Vectors
from bridge.moderation.verdict import Outcome, Verdict
from bridge.v1 import npc_pb2
from models.npc.answers.answer import Answer, Question, answer_of
from models.npc.answers.basket import Basket, grown, order_in
from models.npc.answers.claims import claims_a_price, is_supported
from models.npc.answers.expected import Expected
from models.npc.answers.fit import fit_of
from models.npc.answers.focus import Asks, Focus, focus_of
from models.npc.answers.rules import concerns, rule_against, rule_named
from models.npc.answers.spelling import spelled
from models.npc.answers.voice import voiced
from models.npc.answers.wants import is_request, wanted
from models.npc.character import Action, Npc, Ware
from models.npc.english import sentence
from models.npc.facts import Fact, sentences
from models.npc.lemmas import content
from models.npc.orders import Order
from models.npc.replies import intents
from models.npc.replies.arguments import Narrowed, narrowed
from models.npc.replies.intents import Kind, Match, Thresholds
from models.npc.replies.lines import held_line, pick, safe_line
from models.npc.retrieval import WordSearch, nearest
from models.npc.sums import computed_of

Stage = npc_pb2.SentenceStage
AUTHORED, FREE = npc_pb2.SENTENCE_STAGE_AUTHORED, npc_pb2.SENTENCE_STAGE_FREE
CALCULATION, REFUSAL = npc_pb2.SENTENCE_STAGE_CALCULATION, npc_pb2.SENTENCE_STAGE_REFUSAL
SAFE_LINE, MODERATION = npc_pb2.SENTENCE_STAGE_SAFE_LINE, npc_pb2.SENTENCE_STAGE_MODERATION

# Measured (`benchmarks/embedding`). Among 24 intents one line in eleven is taken wrongly from 0.7 on, and one in three
# from 0.6 on; a wrong line is worse than talk. Refusals lie closest to what an NPC talks of anyway: the four that 0.58
# took of 480 lines were all wrong. An action asks for less, as only a request calls one (`wants.py`).
BY_VECTORS = Thresholds(line=0.7, action=0.6, refusal=0.75)
_SURE = 0.9  # similarity of a line that is an author's although it names wares or sums
_AGREES = 0.4  # cosine of an example that has the words of a line, and its meaning too
_MOST_PASSAGES, _MOST_MEMORIES = 2, 3  # told for one line
_MOST_CHARACTERS = 600  # of all that is told for one line
_LEAST_COSINE = 0.4  # of a passage that fits: lore is found when it is named, for 0 of 180 questions about facts
_LEAST_REMEMBERED = 0.25  # cosine of a memory that fits: finds half, and tells one in ten lines too many
_LEAST_COSINE_OF_A_RULE, _LEAST_COSINE_OF_A_QUESTION = 0.33, 0.36  # of what a line runs into, if nothing is nearer
_OF_SUMS = frozenset([Asks.PRICE, Asks.STOCK, Asks.COUNT])
_ASKS_OF_RULES = frozenset([Asks.REASON, Asks.TIME, Asks.SPAN, Asks.COUNT, Asks.NAME, Asks.PERSON])
_LEAST_SHARE = 0.3  # of the words that a line is about, of a passage that fits


@dataclass(frozen=True, slots=True)
class Told:
    """A fact that is told for one line, and how similar it is to that; 0 where it was not compared."""

    fact: Fact
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A line of the player, and what is known of it. `vector` is its embedding, if there is a model for that."""

    text: str
    turn_id: int
    player: str = ""
    roles: Collection[str] = ()
    memories: Sequence[str] = ()
    topic: Ware | None = None  # what was talked about last
    used: Collection[str] = ()  # lines that were said lately
    vector: Vectors | None = None
    memory_vectors: Vectors | None = None  # (memories, d), if they are there
    before: str = ""  # what the player said before that
    basket: Basket = ()  # what the player has ordered so far
    focus_vector: Vectors | None = None  # the embedding of the part of the line that asks


@dataclass(frozen=True, slots=True)
class Plan:
    """`text` is said as it is, and no model is asked; with `action` that is called first; else the model talks."""

    stage: Stage = FREE
    text: str = ""
    sources: Sequence[str] = ()
    match: Match | None = None
    told: Sequence[Told] = ()
    topic: Ware | None = None
    action: Action | None = None
    arguments: Narrowed | None = None
    moderation: Verdict | None = None  # the verdict on what the player said, unless it passes
    answer: Told | None = None  # what answers, should the model not find it: it may be said as it is
    expected: Expected | None = None  # what a reply has to say, where that is certain
    basket: Basket = ()


def plan_of(loaded: LoadedNpc, asked: Asked, verdict: Verdict | None = None) -> Plan:
    """The plan for a line. `verdict` is the operator's on it, unless it passes."""
    if verdict is not None and verdict.outcome is Outcome.HOLD:
        line = held_line(loaded.npc, asked.player, asked.turn_id, asked.used)
        return Plan(MODERATION, line, moderation=verdict, topic=asked.topic)
    npc, focus = loaded.npc, focus_of(asked.text)
    said = spelled(asked.text)
    order = order_in(npc, said, focus, asked.topic, asked.basket)
    topic = order.entries[-1].ware if order.entries else asked.topic
    sums = computed_of(npc, order) if _reckons(focus) and not claims_a_price(focus, order) else ()
    made = _certain(loaded, asked, focus, topic, named=bool(sums or order.sums))
    basket = grown(asked.basket, order, said)
    if made.text or made.action is not None or made.told:
        return replace(made, topic=topic, moderation=verdict, basket=basket)
    question = _question(loaded, asked, focus)
    answer = _answer(npc, question, asked, sums, order)
    told = [Told(fact) for fact in sums]
    told += _found(loaded, answer, sums)
    told += _passages(loaded, asked)
    told += _memories(asked)
    plan = replace(made, told=_fitting(told), topic=topic, moderation=verdict, basket=basket)
    expected = _expected(npc, question, answer, told)
    if answer is None:
        return replace(plan, expected=expected)
    return replace(plan, answer=Told(_spoken(answer), answer.score), expected=expected)


def _reckons(focus: Focus) -> bool:
    """Whether a line may want a sum: it asks for one, or for nothing that is none."""
    return not (focus.question and focus.kind) or bool(focus.kind & _OF_SUMS)


def _expected(npc: Npc, question: Question, answer: Answer | None, told: Sequence[Told]) -> Expected | None:
    """What a reply has to say, where that is certain, and what it may not; None for talk that asks for nothing."""
    focus, said = question.focus, question.said
    if not (focus.question or focus.claims or focus.kind):
        return None
    known = [*question.search.facts, *(one.fact for one in told)]
    unsupported = focus.claims and not is_supported(focus.text, known)
    if answer is not None and answer.sure:
        return Expected(npc, answer.facts, said, unsupported or answer.text.startswith("No. "))
    unknown = not told and focus.question and bool(focus.kind)
    return Expected(npc, (), said, unsupported, unknown=unknown, fit=None if told else fit_of(question))


def _certain(loaded: LoadedNpc, asked: Asked, focus: Focus, topic: Ware | None, named: bool) -> Plan:
    """What an author or a rule decides. With neither text nor action it is free talk."""
    npc = loaded.npc
    match = _match(loaded, asked, focus, named)
    refused = rule_against(npc, asked.text, focus)
    if refused is None:
        refused = _rule_meant(loaded, asked, focus)
    if refused is None and not (match is not None and match.decides and match.similarity >= _SURE):
        near = _near_actions(loaded, asked)
        want = wanted(npc, asked.text, focus, player=asked.player, topic=asked.topic, near=near)
        made = _acting(npc, asked, focus, want.action) if want is not None else None
        if want is not None and made is not None:
            example = next(one for one in loaded.examples if one.kind is Kind.ACTION and one.place == want.place)
            return replace(made, match=Match(example, want.score, decides=True))
    if match is not None and match.decides and not (refused is not None and match.example.kind is Kind.ACTION):
        made = _decided(npc, asked, focus, match, topic)
        if made is not None:
            return replace(made, match=match)
    if refused is not None:
        rule = next(fact for fact in sentences(npc) if fact.source == f"rules[{refused}]")
        return Plan(REFUSAL, f"No. {voiced(npc, rule)}", [rule.source], match)
    return Plan(match=match)


def _rule_meant(loaded: LoadedNpc, asked: Asked, focus: Focus) -> int | None:
    """The rule that a line comes closer to than to any other fact, unless it asks for the reason or for a figure."""
    cosines = _known_cosines(loaded, asked)
    if cosines is None or (focus.question and focus.kind & _ASKS_OF_RULES):
        return None
    at = max(range(len(cosines)), key=cosines.__getitem__, default=None)
    if at is None or cosines[at] < (_LEAST_COSINE_OF_A_RULE if not focus.question else _LEAST_COSINE_OF_A_QUESTION):
        return None
    table, _, place = loaded.answers.facts[at].source.rstrip("]").partition("[")
    return int(place) if table == "rules" and concerns(loaded.npc.rules[int(place)], asked.text) else None


def _near_actions(loaded: LoadedNpc, asked: Asked) -> list[float] | None:
    """The cosine of a line to what is nearest of each action; None without vectors."""
    if asked.vector is None or loaded.example_vectors is None:
        return None
    cosines = _cosines(asked.vector, loaded.example_vectors)
    near = [0.0] * len(loaded.npc.actions)
    for example, cosine in zip(loaded.examples, cosines, strict=True):
        if example.kind is Kind.ACTION:
            near[example.place] = max(near[example.place], cosine)
    return near


def _found(loaded: LoadedNpc, answer: Answer | None, sums: Sequence[Fact]) -> list[Told]:
    """The facts that answer, once more in front of the line, so that the model need not look for them."""
    if answer is None or sums or not answer.sure:
        return []
    return [Told(fact, answer.score) for fact in answer.facts if fact not in loaded.passages]


def _spoken(answer: Answer) -> Fact:
    """An answer as one sentence or more, with the source of its first fact."""
    return Fact(answer.text, answer.facts[0].source)


def _match(loaded: LoadedNpc, asked: Asked, focus: Focus, named: bool) -> Match | None:
    """What the line is taken for. One that names wares or sums is no author's line, unless it is the very same; one
    that asks for nothing is no action. Words in common count beside vectors where these agree.
    """
    at = intents.names_topic(loaded.npc, asked.text)
    if at is not None:
        example = next(one for one in loaded.examples if one.kind is Kind.REFUSAL and one.place == at)
        return Match(example, 1.0, decides=True)
    without = set[Kind]()
    if not is_request(loaded.npc, spelled(asked.text), focus):
        without.add(Kind.ACTION)
    by_words = intents.likenesses(asked.text, loaded.examples, loaded.phrases)
    if asked.vector is None or loaded.example_vectors is None:
        return _decide(loaded, by_words, intents.BY_WORDS, without, named)
    cosines = _cosines(asked.vector, loaded.example_vectors)
    match = _decide(loaded, cosines, BY_VECTORS, without, named)
    if match is None or match.decides:
        return match
    agreed = [word if cosine >= _AGREES else 0.0 for word, cosine in zip(by_words, cosines, strict=True)]
    second = _decide(loaded, agreed, intents.BY_WORDS, without, named)
    return second if second is not None and second.decides else match


def _decide(
    loaded: LoadedNpc, similarities: list[float], thresholds: Thresholds, without: set[Kind], named: bool
) -> Match | None:
    if named and max(similarities, default=0.0) < _SURE:
        without = without | {Kind.LINE}
    return intents.decide(loaded.examples, similarities, thresholds, frozenset(without))


def _cosines(vector: Vectors, vectors: Vectors) -> list[float]:
    sizes = np.linalg.norm(vectors, axis=1) * np.linalg.norm(vector)
    cosines: list[float] = (vectors @ vector / np.maximum(sizes, 1e-9)).tolist()
    return cosines


def _decided(npc: Npc, asked: Asked, focus: Focus, match: Match, topic: Ware | None) -> Plan | None:
    """The plan for what a line is taken for; None if nothing comes of it, and it is free talk."""
    place = match.example.place
    if match.example.kind is Kind.ACTION:
        return _acting(npc, asked, focus, npc.actions[place])
    kind = match.example.kind
    say = npc.lines[place].say if kind is Kind.LINE else npc.refusals[place].say
    text = pick(say, npc, asked.player, topic, asked.turn_id, asked.used)
    stage = AUTHORED if kind is Kind.LINE else REFUSAL
    return Plan(stage, text, [match.example.source]) if text is not None else None


def _acting(npc: Npc, asked: Asked, focus: Focus, action: Action) -> Plan | None:
    """The plan for an action; None if the player may not have it, or does not say enough of it."""
    if rule_named(npc, asked.text, focus) is not None or (focus.question and Asks.PRICE in focus.kind):
        return None
    if action.who and not set(action.who) & set(asked.roles):
        return None
    arguments = narrowed(npc, action, asked.text, asked.player, asked.topic)
    if arguments.missing:
        return None
    if arguments.outside is not None:
        return Plan(told=[Told(arguments.outside)])
    return Plan(action=action, arguments=arguments)


def _passages(loaded: LoadedNpc, asked: Asked) -> list[Told]:
    """Passages that fit the line, if no fact of the system message fits it better."""
    if not loaded.passages:
        return []
    if asked.vector is not None and loaded.passage_vectors is not None and loaded.told_vectors is not None:
        told_cosine = max(_cosines(asked.vector, loaded.told_vectors), default=0.0)
        near = nearest(asked.vector, loaded.passage_vectors, _MOST_PASSAGES, _LEAST_COSINE)
        found = [(row, cosine) for row, cosine in near if cosine > told_cosine or not loaded.is_lore(row)]
    else:
        told = [_share(asked.text, loaded.told[row].text) for row in _nearest_told(loaded, asked)]
        least = max([_LEAST_SHARE, *(share + 0.01 for share in told)])
        found = [
            (row, share)
            for row, _ in loaded.search.nearest(asked.text, _MOST_PASSAGES)
            if (share := _share(asked.text, loaded.passages[row].text)) >= least
        ]
    return [Told(loaded.passages[row], score) for row, score in found]


def _nearest_told(loaded: LoadedNpc, asked: Asked) -> list[int]:
    """The fact of the system message that has most of the line's words, if any has."""
    return [row for row, _ in loaded.told_search.nearest(asked.text, 1)]


def _memories(asked: Asked) -> list[Told]:
    """What the NPC remembers of the player, and fits the line."""
    if not asked.memories:
        return []
    if asked.vector is not None and asked.memory_vectors is not None:
        found = nearest(asked.vector, asked.memory_vectors, _MOST_MEMORIES, _LEAST_REMEMBERED)
    else:
        found = WordSearch(asked.memories).nearest(asked.text, _MOST_MEMORIES)
    return [Told(Fact(sentence(asked.memories[row]), f"memory[{row}]"), score) for row, score in found]


def _share(said: str, text: str) -> float:
    """How many of the words that a line is about a text has, from 0 to 1."""
    about = content(said)
    return len(about & content(text)) / len(about) if about else 0.0


def _fitting(told: Sequence[Told]) -> list[Told]:
    """As many as one line may have, long ones cut at a sentence."""
    room, kept = _MOST_CHARACTERS, []
    for one in told:
        text = one.fact.text if len(one.fact.text) <= room else _cut(one.fact.text, room)
        if text:
            kept.append(Told(Fact(text, one.fact.source), one.similarity))
            room -= len(text) + 1
    return kept


def _cut(text: str, room: int) -> str:
    end = max(text.rfind(mark, 0, room) for mark in (". ", "! ", "? "))
    return text[: end + 1] if end > 0 else ""


def _question(loaded: LoadedNpc, asked: Asked, focus: Focus) -> Question:
    """The line as facts are scored for it."""
    return Question(loaded.answers, asked.text, focus, asked.before, _known_cosines(loaded, asked))


def _known_cosines(loaded: LoadedNpc, asked: Asked) -> list[float] | None:
    """The cosine of a line, or of the part that asks, to each fact and passage; None without vectors."""
    if asked.vector is None or loaded.told_vectors is None or loaded.passage_vectors is None:
        return None
    known = np.concatenate([loaded.told_vectors, loaded.passage_vectors])
    cosines = _cosines(asked.vector, known)
    if asked.focus_vector is not None:
        cosines = list(map(max, cosines, _cosines(asked.focus_vector, known)))
    return cosines


def _answer(npc: Npc, question: Question, asked: Asked, sums: Sequence[Fact], order: Order) -> Answer | None:
    """What may be said as it is, should the model say nothing that is true: what was computed, or the nearest fact."""
    if sums:
        return Answer(sums[0].text, (sums[0],), 1.0, sure=not order.either)
    return answer_of(npc, question, asked.topic)


def fallback(plan: Plan, npc: Npc, asked: Asked, said: str) -> tuple[Stage, str, Sequence[str]]:
    """What is said in place of a sentence that was rejected twice, behind `said`: its stage, text and sources."""
    if plan.answer is not None and plan.answer.fact.text not in said:
        return CALCULATION, plan.answer.fact.text, [plan.answer.fact.source]
    return SAFE_LINE, safe_line(npc, asked.player, asked.turn_id, asked.used), []
