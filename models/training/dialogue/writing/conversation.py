"""Writes conversations: one NPC, and several talks with it that begin at the same system message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from models.npc.answers.answer import Question, answer_of
from models.npc.answers.focus import focus_of
from models.npc.answers.search import Search
from models.npc.character import Npc, Ware
from models.npc.facts import Fact, sentences
from models.npc.prompt import MOST_FACTS, system_message, user_message
from models.npc.sums import computed
from models.training.dialogue.writing import houses, people, statements, talk, unknown, wares
from models.training.dialogue.writing.draw import Draw
from models.training.dialogue.writing.figure import Figure
from models.training.dialogue.writing.invention import invent, stated
from models.training.dialogue.writing.manner import both, spoken, voiced
from models.training.dialogue.writing.split import Side
from models.training.dialogue.writing.turn import Turn

Maker = Callable[[Figure, Draw], Turn | None]

MAKERS: Sequence[tuple[Maker, float]] = (
    (wares.ask, 34.0),
    (statements.ask, 22.0),
    (people.ask_kin, 8.0),
    (people.ask_identity, 8.0),
    (people.ask_persona, 7.0),
    (houses.ask_hours, 7.0),
    (houses.ask_rule, 7.0),
    (unknown.ask, 11.0),
    (talk.small, 7.0),
    (talk.press, 5.5),
    (talk.remembered, 3.0),
    (talk.nameless, 0.6),
)
CHATTY = 0.04  # of the talks are about nothing
SUM_LEFT = "wares.total.none"  # a sum that the NPC leaves to the player, unless it is computed for it
LOOKED_UP = 0.45  # of the questions that the server would look something up for come with it
LENGTHS = ((1, 4.0), (2, 3.0), (3, 2.0), (5, 1.0), (8, 0.5))  # turns of a talk
CHAT = (6, 10)  # turns of one about nothing
TURNS = 12  # of all talks with one NPC
JOINED = (
    "wares.price",
    "wares.stock",
    "wares.list",
    "hours.",
    "kin.",
    "facts",
    "identity.",
    "rules",
    "unknown",
    "persona",
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A player's message, as it is sent, and the reply to it."""

    user: str
    reply: str
    turn: Turn


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Talks that share a system message."""

    system: str
    talks: Sequence[Sequence[Exchange]]
    figure: Figure


def write(side: Side, number: int, turns: int = TURNS) -> Dialogue:
    """The `number`-th dialogue of a side: the same on every machine."""
    draw = Draw(f"{side.value}:{number}")
    figure = invent(side, draw)
    talks: list[list[Exchange]] = []
    left = turns
    while left > 0:
        chatty = left >= CHAT[0] and draw.chance(CHATTY)
        length = draw.within(*CHAT) if chatty else draw.weighted(LENGTHS)
        talks.append(_talk(figure, min(left, length), draw, chatty=chatty))
        left -= len(talks[-1])
    return Dialogue(system_message(figure.npc), talks, figure)


def _talk(figure: Figure, length: int, draw: Draw, *, chatty: bool = False) -> list[Exchange]:
    exchanges: list[Exchange] = []
    due: list[Turn] = []  # what the player asks back later
    while len(exchanges) < length:
        before = exchanges[-1].turn if exchanges else None
        turn = talk.small(figure, draw) if chatty and draw.chance(0.8) else _next(figure, before, due, draw)
        if turn is None or (turn.kind != "again" and _repeats(turn, exchanges)):
            continue
        exchanges.append(_exchange(figure, turn, before, draw))
        if length > 1 and not due and not exchanges[1:] and draw.chance(0.2):
            due = talk.player(figure, draw)
    return exchanges


def _repeats(turn: Turn, exchanges: Sequence[Exchange]) -> bool:
    """Whether it asks again what was just asked, or says again what it could say in another way."""
    loose = not turn.knows or turn.kind.startswith(("talk", "press"))
    said = [one.turn.say for one in exchanges] if loose else []
    return turn.say in said or (bool(exchanges) and turn.ask == exchanges[-1].turn.ask)


def _next(figure: Figure, before: Turn | None, due: list[Turn], draw: Draw) -> Turn:
    if due and draw.chance(0.5):
        return due.pop(0)
    if before is not None and draw.chance(0.5):
        for follow in (wares.follow, statements.follow, people.follow, houses.follow_hours, houses.follow_rule):
            turn = follow(figure, before, draw)
            if turn is not None:
                return turn
    if before is not None and draw.chance(0.1):
        turn = talk.again(figure, before, draw)
        if turn is not None:
            return turn
    one = fresh(figure, draw)
    if one.kind.startswith(JOINED) and not one.known and draw.chance(0.14):
        two = fresh(figure, draw)
        if two.kind.startswith(JOINED) and two.ask != one.ask and not two.known and (one.knows or two.knows):
            return both(one, two, draw)
    return one


def fresh(figure: Figure, draw: Draw) -> Turn:
    """A question that needs none before it."""
    while True:
        turn = draw.weighted(MAKERS)(figure, draw)
        if turn is not None:
            return turn


def _exchange(figure: Figure, turn: Turn, before: Turn | None, draw: Draw) -> Exchange:
    said = spoken(turn, figure, draw)
    topic = _topic(figure, turn, before)
    known = turn.known or computed(figure.npc, said, topic)
    if not known and draw.chance(LOOKED_UP):
        known = _looked_up(figure.npc, said, topic, before.ask if before is not None else "")
    if not known and draw.chance(0.04):
        known = _beside(figure, draw)
    if known and turn.kind == SUM_LEFT:
        turn = replace(turn, say=known[0].text, must=wares.figures_of(known[0].text))
    return Exchange(user_message(said, known), voiced(turn, figure, draw), replace(turn, known=tuple(known)))


def _topic(figure: Figure, turn: Turn, before: Turn | None) -> Ware | None:
    """The ware that is talked of."""
    for one in (turn, before):
        if one is not None and one.subject is not None and one.subject[0] == "ware":
            return figure.goods[one.subject[1]].ware
    return None


def _looked_up(npc: Npc, said: str, topic: Ware | None, before: str) -> tuple[Fact, ...]:
    """The facts of the system message that the server is sure of, by the same search; none where it is not.

    Now and then it is mistaken, here as there: the reply that is learnt goes by the question, not by what was found.
    """
    answer = answer_of(npc, Question(_search(npc), said, focus_of(said), before), topic)
    return answer.facts if answer is not None and answer.sure else ()


@lru_cache(maxsize=1)
def _search(npc: Npc) -> Search:
    return Search(npc, sentences(npc)[:MOST_FACTS])


def _beside(figure: Figure, draw: Draw) -> tuple[Fact, ...]:
    """Something that was looked up and has nothing to do with the question."""
    found = stated(figure, 1, draw)
    return tuple(Fact(one.text, "lore[0]") for one in found)
