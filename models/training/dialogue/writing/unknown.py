"""Questions that the NPC is told nothing about. It says so, in many ways, and invents nothing."""

import re

from models.npc.facts import sentences
from models.training.dialogue.writing.draw import Draw
from models.training.dialogue.writing.figure import Figure
from models.training.dialogue.writing.invention import FACTS
from models.training.dialogue.writing.passages import passages, sections
from models.training.dialogue.writing.pools import entries
from models.training.dialogue.writing.split import Side, kept
from models.training.dialogue.writing.turn import Must, Turn, ended, marked

DECLINED: Must = (
    (
        "don't know",
        "couldn't",
        "can't say",
        "no idea",
        "know nothing",
        "nobody told",
        "no one has told",
        "ask somebody else",
        "beyond me",
        "wish i knew",
        "no answer",
        "not the one to ask",
        "never heard",
        "not something i know",
        "heard nothing",
        "how should i know",
        "guess",
        "can't tell",
        "cannot",
        "do not know",
        "can't help",
        "not told",
        "never told",
        "ask someone else",
        "told me nothing",
        "not know",
        "haven't heard",
        "don't remember",
        "not heard",
        "unknown",
        "can't",
    ),
)


def ask(figure: Figure, draw: Draw) -> Turn | None:
    """Of the world at large, of facts that other NPCs have, or of what is not said about something known."""
    maker = draw.weighted([(_matter, 3.0), (_open, 2.0), (_others_fact, 4.0), (_aspect, 5.0)])
    found = maker(figure, draw)
    if found is None or _known(figure, found[1]):
        return None
    return declined(found[0], found[1], figure, draw)


def declined(ask: str, topic: str, figure: Figure, draw: Draw, kind: str = "unknown") -> Turn:
    """The answer to what is not known: by the topic's name, or without."""
    name = "decline.topic" if topic and draw.chance(0.4) else "decline"
    says = sections("talk/unknown.txt")[name].question.says
    say = figure.known({"topic": topic}).sentence(draw.one(says)).replace("the the ", "the ")
    return Turn(kind, marked(ask), ended(say), DECLINED, topic=topic, knows=False)


def _matter(figure: Figure, draw: Draw) -> tuple[str, str]:
    lines = kept(sections("talk/unknown.txt")["matter"].lines, figure.world.side, str)
    topic, _, asks = draw.one(lines).partition(": ")
    ask = draw.one(entries(asks)).replace("{x}", topic)
    slots = figure.known()
    return slots.sentence(ask), slots.fill(topic.replace("your ", "my ").replace("the year", "the date"))


def _open(figure: Figure, draw: Draw) -> tuple[str, str]:
    asks = kept(sections("talk/unknown.txt")["open"].question.asks, figure.world.side, str)
    return figure.known().sentence(draw.one(asks)), ""


def _others_fact(figure: Figure, draw: Draw) -> tuple[str, str] | None:
    """A question that another NPC could answer."""
    present = {one.passage.about for one in figure.stated}
    asked = {ask for one in figure.stated for question in one.passage.questions for ask in question.asks}
    found = [passage for name in FACTS for passage in passages(f"facts/{name}.txt") if passage.about not in present]
    passage = draw.one(
        kept(
            found,
            Side.TRAIN if figure.world.side is Side.TRAIN or draw.chance(0.5) else Side.TEST,
            lambda one: one.fact,
            8,
        )
    )
    slots = figure.known()
    slots.fill(passage.fact)
    asks = [ask for question in passage.questions for ask in question.asks if ask not in asked]
    if not asks:
        return None
    about = slots.fill(passage.about).replace(f"{figure.npc.name}'s", "my").replace(figure.npc.name, "")
    return slots.sentence(draw.one(kept(asks, figure.world.side, str))), about


def _aspect(figure: Figure, draw: Draw) -> tuple[str, str] | None:
    """Something that is not said of a person, a ware or the place."""
    kind = draw.one(("person", "ware", "site", "stated", "stated"))
    if kind == "stated":
        return _unstated(figure, draw)
    said = " ".join([*(one.text for one in figure.stated), *(one.text for one in figure.persona)])
    if kind == "person":
        kins = [kin for kin in figure.kin if kin.note is None and kin.relation.who.split()[0] not in said]
        if not kins:
            return None
        words = {"who": draw.one(kins).relation.who}
    elif kind == "ware":
        if not figure.goods:
            return None
        words = draw.one(figure.goods).words()
    else:
        words = {}
    asks = kept(sections("talk/unknown.txt")[kind].question.asks, figure.world.side, str)
    return figure.known(words).sentence(draw.one(asks)), ""


def _unstated(figure: Figure, draw: Draw) -> tuple[str, str] | None:
    """Something that a fact does not say of what it is about: "how old is the mill", where only its miller is told."""
    if not figure.stated:
        return None
    one = draw.one(figure.stated)
    about = one.slots.fill(one.passage.about)
    lines = kept(sections("talk/unknown.txt")["stated"].lines, figure.world.side, str)
    question, _, telling = draw.one(lines).partition(": ")
    facts = " ".join([*(fact.text for fact in sentences(figure.npc)), figure.npc.persona]).lower()
    if figure.npc.name in about or any(re.search(rf"\b{word}", facts) for word in entries(telling)):
        return None
    return figure.known().sentence(question.replace("{x}", about)), ""


def _known(figure: Figure, topic: str) -> bool:
    """Whether the NPC is told something of it after all: its last word stands in a fact."""
    word = topic.split()[-1].lower() if topic else ""
    texts = [*(one.text for one in figure.stated), *(one.text for one in figure.persona), *figure.npc.goals]
    texts += [f"{ruled.rule.rule} {ruled.rule.why}" for ruled in figure.rules] + [hours.what for hours in figure.hours]
    texts += [f"{kin.relation.who} {kin.relation.role} {kin.relation.note}" for kin in figure.kin]
    return len(word) > 3 and any(word in text.lower() for text in texts)
