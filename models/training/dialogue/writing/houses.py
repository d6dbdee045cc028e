"""Questions about opening hours and about rules."""

from dataclasses import replace

from models.npc.character import Hours
from models.npc.english import article, joined
from models.npc.facts import on, when
from models.training.dialogue.writing.draw import Draw
from models.training.dialogue.writing.figure import Figure, Ruled
from models.training.dialogue.writing.passages import Question, sections
from models.training.dialogue.writing.split import kept
from models.training.dialogue.writing.turn import Turn, compose


def ask_hours(figure: Figure, draw: Draw) -> Turn | None:
    """When something opens, closes, is closed, and why."""
    if not figure.hours:
        return None
    return _hours(figure, draw.within(0, len(figure.hours) - 1), draw)


def follow_hours(figure: Figure, before: Turn, draw: Draw) -> Turn | None:
    """ "And when does it close?" """
    if before.subject is None or before.subject[0] != "hours":
        return None
    number = before.subject[1]
    if draw.chance(0.2) and len(figure.hours) > 1:
        other = draw.one([i for i in range(len(figure.hours)) if i != number])
        return _made(figure, other, "opens", draw, way="also") if figure.hours[other].opens else None
    kinds = [kind for kind in _kinds(figure.hours[number]) if f"hours.{kind}" != before.kind]
    return _made(figure, number, draw.one(kinds), draw, way="then") if kinds else None


def _hours(figure: Figure, number: int, draw: Draw) -> Turn | None:
    kinds = _kinds(figure.hours[number])
    return _made(figure, number, draw.one(kinds), draw)


def _kinds(hours: Hours) -> list[str]:
    kinds = []
    if hours.opens:
        kinds += ["opens", "opens", "opens", "opens.false", "opens.true"]
    if hours.closes:
        kinds += ["closes", "closes", "closes", "closes.false"]
    if hours.opens and hours.closes:
        kinds += ["hours", "hours"]
    if hours.closed:
        kinds += ["days", "days", "day.no", "day.no", "day.yes"]
        kinds += ["why", "why"] if hours.why else ["why.none"]
    if not (hours.opens and hours.closes):
        kinds.append("time.none")
    return kinds


def _made(figure: Figure, number: int, kind: str, draw: Draw, way: str = "asks") -> Turn | None:
    hours = figure.hours[number]
    words = _words(hours, figure, draw)
    absent = kind in ("time.none", "why.none")
    question = sections("talk/unknown.txt" if absent else "talk/hours.txt")[kind].question
    if kind == "why.none" and way == "asks":
        way = "then"
        question = replace(question, then=[f"why is {hours.what} closed {words['closed']}", *question.asks[:1]])
    slots = figure.known(words)
    turn = compose(
        f"hours.{kind}",
        question,
        slots,
        figure.world.side,
        draw,
        way=way,
        subject=("hours", number),
        topic=hours.what,
        knows=not absent,
    )
    if (
        turn
        and kind == "hours"
        and ("your opening" in turn.ask or "are you open" in turn.ask)
        and len(figure.hours) > 1
    ):
        return None
    return turn


def _words(hours: Hours, figure: Figure, draw: Draw) -> dict[str, str]:
    plural = hours.plural
    days = [day for day in figure.world.setting.days if day not in hours.closed]
    wrong = hours.opens or hours.closes
    while wrong in (hours.opens, hours.closes):
        wrong = figure.known().fill(draw.one(("{morning}", "{noon}", "{evening}")))
    words = {
        "what": hours.what,
        "opens0": hours.opens,
        "opens": when(hours.opens) if hours.opens else "",
        "closes0": hours.closes,
        "closes": when(hours.closes) if hours.closes else "",
        "why": hours.why,
        "opens1": "open" if plural else "opens",
        "closes1": "close" if plural else "closes",
        "does": "do" if plural else "does",
        "is": "are" if plural else "is",
        "it": "they" if plural else "it",
        "wrong": when(wrong),
        "closed": joined([on(day) for day in hours.closed]) if hours.closed else "",
        "other": on(draw.one(days)),
        "closed0": " & ".join(hours.closed),
    }
    turn = "open" if hours.closes and not hours.opens else "close"
    words |= {"turn": turn, "turns": turn if plural else f"{turn}s"}
    return words


def ask_rule(figure: Figure, draw: Draw) -> Turn | None:
    """What the NPC does and does not do, and to whom; also people that no rule is about."""
    if not figure.rules or draw.chance(0.2):
        return _no_rule(figure, draw)
    number = draw.within(0, len(figure.rules) - 1)
    ruled = figure.rules[number]
    if ruled.people and draw.chance(0.15):
        return _forged(ruled, number, figure, draw)
    question = _reasoned(ruled, draw)
    return compose("rules", question, ruled.slots, figure.world.side, draw, subject=("rules", number), topic="that")


def follow_rule(figure: Figure, before: Turn, draw: Draw) -> Turn | None:
    """ "Why?", where there is a reason and where there is none."""
    if before.subject is None or before.subject[0] != "rules" or "because" in before.say.lower():
        return None
    ruled = figure.rules[before.subject[1]]
    ask = draw.one(
        (
            "Why?",
            "Why is that?",
            "And why?",
            "How come?",
            "What's the reason?",
            "Why not?",
            "Says who?",
            "What have they done to you?" if ruled.people else "Why so strict?",
        )
    )
    if not ruled.rule.why:
        question = sections("talk/unknown.txt")["why.none"].question
        turn = compose("rules.why.none", question, figure.known(), figure.world.side, draw, knows=False)
        return turn and replace(turn, ask=ask)
    why = ruled.rule.why
    say = (
        draw.one((f"Because {why}.", f"{why[0].upper()}{why[1:]}.", f"Because {why}."))
        if not why.startswith("of ")
        else f"Because {why}."
    )
    return Turn("rules.why", ask, say, ((why.lower(),),), before.subject)


def _reasoned(ruled: Ruled, draw: Draw) -> Question:
    """Its question, without answers that give a reason where there is none."""
    question = draw.one(ruled.passage.questions)
    if ruled.rule.why:
        return question
    says = [_without_reason(say) for say in question.says]
    return replace(question, says=says)


def _without_reason(say: str) -> str:
    for part in ("[, because {why}|]", "[. {why}|]"):
        say = say.replace(part, "")
    return say


def _no_rule(figure: Figure, draw: Draw) -> Turn | None:
    people = figure.world.people(draw)
    concerned = [word for ruled in figure.rules for word in ruled.rule.who]
    if (
        people.many in concerned
        or people.one == figure.npc.trade
        or any(people.one in rule.rule.rule for rule in figure.rules)
    ):
        return None
    words = {"kind": people.many, "kind/one": people.one, "kind/a": f"{article(people.one)} {people.one}"}
    question = sections("talk/unknown.txt")["kind.none"].question
    return compose("rules.kind.none", question, figure.known(words), figure.world.side, draw)


def _forged(ruled: Ruled, number: int, figure: Figure, draw: Draw) -> Turn | None:
    """Somebody says that the rule has changed."""
    office = figure.known().fill("{office}")
    irule = first_person(ruled.rule.rule)
    words = {"office": office, "rule": f"I {irule}", "irule": irule}
    question = sections("talk/pressing.txt")["forged rule"].question
    question = replace(question, asks=list(kept(question.asks, figure.world.side, str)))
    if not ruled.rule.rule.startswith(("never serves", "sells nothing", "does not", "distrusts")):
        return None
    return compose(
        "rules.forged", question, ruled.slots.within(words), figure.world.side, draw, subject=("rules", number)
    )


def first_person(rule: str) -> str:
    """ "never serves elves" as "never serve elves"."""
    changed = {
        "does not": "don't",
        "never serves": "never serve",
        "sells nothing": "sell nothing",
        "distrusts": "distrust",
    }
    for third, first in changed.items():
        if rule.startswith(third):
            return first + rule[len(third) :]
    return rule
