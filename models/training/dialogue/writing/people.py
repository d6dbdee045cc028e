"""Questions about the NPC itself, its persona, its place, and the people it knows."""

import re
from dataclasses import replace

from models.npc.english import with_article
from models.training.dialogue.writing.draw import Draw
from models.training.dialogue.writing.figure import Figure, Kin
from models.training.dialogue.writing.invention import ROLES
from models.training.dialogue.writing.passages import Passage, passages, sections
from models.training.dialogue.writing.statements import about_stated
from models.training.dialogue.writing.turn import Turn, compose

IDENTITY = (
    ("name", 4.0),
    ("trade", 3.0),
    ("place", 3.0),
    ("town", 3.0),
    ("introduce", 1.0),
    ("name.false", 1.0),
    ("trade.false", 1.0),
    ("place.false", 0.7),
    ("name.true", 0.5),
    ("ai", 1.2),
    ("goal", 2.0),
)


def ask_identity(figure: Figure, draw: Draw) -> Turn | None:
    """Name, trade, place, plans."""
    kind = draw.weighted(IDENTITY)
    if kind == "goal" and not figure.npc.goals:
        return None
    other = figure.world.trade(draw).name
    words = {
        "stranger": figure.world.full(draw),
        "othertrade": other,
        "othersite": draw.one(figure.world.setting.sites),
    }
    words["othertown"] = draw.one(figure.world.setting.towns)
    if figure.npc.goals:
        words["goal"] = draw.one(figure.npc.goals)
    if (
        words["othertrade"] == figure.npc.trade
        or words["othersite"] == figure.site
        or words["othertown"] == figure.town
    ):
        return None
    question = sections("talk/identity.txt")[kind].question
    turn = compose(f"identity.{kind}", question, figure.known(words), figure.world.side, draw)
    if turn is not None and kind == "goal":
        return Turn(turn.kind, turn.ask, turn.say, (tuple(goal.lower() for goal in figure.npc.goals),))
    return turn


def ask_persona(figure: Figure, draw: Draw) -> Turn | None:
    """What the persona's sentences say."""
    number = draw.within(0, len(figure.persona) - 1)
    return about_stated("persona", figure.persona[number], ("persona", number), figure, draw)


def ask_kin(figure: Figure, draw: Draw) -> Turn | None:
    """Who somebody is, what the note says, and people that the NPC does not have."""
    if not figure.kin or draw.chance(0.15):
        return _stranger(figure, draw)
    number = draw.within(0, len(figure.kin) - 1)
    return _about(figure, number, draw)


def follow(figure: Figure, before: Turn, draw: Draw) -> Turn | None:
    """More about the same person, or the next one."""
    if before.subject is None or before.subject[0] != "kin":
        return None
    number = before.subject[1]
    kin = figure.kin[number]
    if kin.note and not before.kind.startswith("kin.note") and draw.chance(0.7):
        return _note(kin, number, figure, draw, pronoun=True)
    if len(figure.kin) > 1:
        other = draw.one([i for i in range(len(figure.kin)) if i != number])
        question = sections_of_kin("who").question
        slots = figure.kin[other].slots.within({})
        return compose("kin.who", question, slots, figure.world.side, draw, way="also", subject=("kin", other))
    return None


def _about(figure: Figure, number: int, draw: Draw) -> Turn | None:
    kin = figure.kin[number]
    choices = [("role", 3.0), ("who", 3.0), ("role.false", 0.8), ("role.true", 0.4)] + (
        [("note", 4.0)] if kin.note else []
    )
    kind = draw.weighted(choices)
    if kind == "note":
        return _note(kin, number, figure, draw)
    wrong = draw.one([role for role in _roles() if role not in kin.relation.role and kin.relation.role not in role])
    slots = kin.slots.within({"wrong": wrong})
    if kind == "role" and sum(one.relation.role == kin.relation.role for one in figure.kin) > 1:
        return None
    question = sections_of_kin(kind).question
    turn = compose(
        f"kin.{kind}", question, slots, figure.world.side, draw, subject=("kin", number), topic=kin.relation.who
    )
    if turn is not None and kind in ("role", "who") and kin.relation.note and draw.chance(0.25):
        note = kin.relation.note
        return Turn(
            turn.kind,
            turn.ask,
            f"{turn.say} {note[0].upper()}{note[1:].rstrip('.')}.",
            turn.must,
            turn.subject,
            topic=turn.topic,
        )
    return turn


def _note(kin: Kin, number: int, figure: Figure, draw: Draw, *, pronoun: bool = False) -> Turn | None:
    if kin.note is None:
        return None
    question = draw.one(kin.note.questions)
    if pronoun:
        asks = [pronouns(ask) for ask in question.asks if "{who}" in ask]
        question = replace(question, asks=asks or question.asks)
    him = {"he": "him", "she": "her"}[kin.slots.values["he"]]
    slots = kin.slots.within({"him": him})
    return compose(
        "kin.note", question, slots, figure.world.side, draw, subject=("kin", number), topic=kin.relation.who
    )


def pronouns(ask: str) -> str:
    """A question about {who} as one about {he} or {him}."""
    ask = re.sub(r"\b(about|with|lend|seen|meet|describe|of) \{who\}", r"\1 {him}", ask)
    return ask.replace("{who}", "{he}")


def _stranger(figure: Figure, draw: Draw) -> Turn | None:
    if draw.chance(0.5):
        known = {kin.relation.role for kin in figure.kin}
        absent = draw.one([role for role in _roles() if not any(role in one or one in role for one in known)])
        married = any("married" in one.text for one in figure.stated)
        if (married and absent in ("husband", "wife")) or any(
            absent in one.text for one in (*figure.stated, *figure.persona)
        ):
            return None
        words = {"absent": absent}
        kind = "role.none"
    else:
        stranger = figure.world.first(draw) if draw.chance(0.5) else figure.world.full(draw)
        said = " ".join([figure.npc.name, *(one.text for one in (*figure.stated, *figure.persona))])
        said += " ".join(f"{kin.relation.who} {kin.relation.note}" for kin in figure.kin)
        said += " ".join(f"{ruled.rule.rule} {ruled.rule.why}" for ruled in figure.rules)
        if stranger.split()[0] in said:
            return None
        words, kind = {"stranger": stranger}, "person.none"
    question = sections_of_kin(kind).question
    topic = words.get("stranger") or with_article(words["absent"])
    return compose(f"kin.{kind}", question, figure.known(words), figure.world.side, draw, topic=topic, knows=False)


def sections_of_kin(kind: str) -> Passage:
    """Of `relations.txt`, whose notes have one name."""
    return next(passage for passage in passages("talk/relations.txt") if passage.about == kind)


def _roles() -> list[str]:
    return [role.strip() for listed in ROLES.values() for role in listed.split(";")]
