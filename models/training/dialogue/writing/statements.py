"""Questions about facts in the author's own words, also about those that are found for one question alone."""

import re
from dataclasses import replace

from models.npc.english import sentence
from models.npc.facts import Fact
from models.training.dialogue.writing.draw import Draw
from models.training.dialogue.writing.figure import Figure, Stated
from models.training.dialogue.writing.invention import stated
from models.training.dialogue.writing.passages import Question
from models.training.dialogue.writing.template import Slots
from models.training.dialogue.writing.turn import Subject, Turn, compose, required

SHORT = re.compile(r"(why|when|where|who|how many|how much|how long|how old|how often|which|what)\b", re.IGNORECASE)
FOLLOWING = {
    "why": ("why", "why is that", "and why", "how come", "what's the reason"),
    "when": ("when", "and when", "when exactly"),
    "where": ("where", "and where", "where exactly"),
    "who": ("who", "and who is that", "by whom"),
    "how many": ("how many", "and how many"),
    "how much": ("how much", "and how much"),
    "how long": ("how long", "and for how long"),
    "how often": ("how often", "and how often"),
}
TELL = (
    "tell me about {about}",
    "what about {about}",
    "what do you know about {about}",
    "what can you tell me of {about}",
    "anything I should know about {about}",
    "what's the matter with {about}",
    "have you heard about {about}",
    "{about}?",
)
TRUE = (
    "is it true that {claim}",
    "I heard that {claim}",
    "they say that {claim}, is that right",
    "{claim}, right",
    "so {claim}",
    "somebody told me that {claim}",
    "isn't it so that {claim}",
    "as far as I know, {claim}, right",
)
DENIED = ("No. {truth}", "That's not right. {truth}", "You heard wrong. {truth}", "Not so. {truth}", "No, {claim}")
CONTRARY = (  # what a fact says, and what one claims who has not heard of it; the denial has to say the former
    (r"\bis closed\b[^.]*", "is open again", "closed"),
    (r"\bis (?:broken|out of order)\b[^.]*", "works again", "broken|out of order"),
    (r"\bis locked\b[^.]*", "is never locked", "locked"),
    (r"\bis dangerous\b[^.]*", "is safe now", "dangerous"),
    (r"\bis forbidden\b[^.]*", "is allowed now", "forbidden"),
    (r"\bis missing\b[^.]*", "has been found", "missing"),
    (r"\bis empty\b[^.]*", "is full", "empty"),
    (r"\bis angry\b[^.]*", "is in the best of moods", "angry"),
    (r"\bis sick\b[^.]*|\bis ill\b[^.]*", "is in the best of health", "sick|ill"),
    (r"\bhas (?:burnt|burned) down\b[^.]*", "still stands", "burnt|burned"),
    (r"\bnobody\b", "everybody", "nobody"),
    (r"\bnever\b", "always", "never"),
    (r"\blost\b(?= (?:the|his|her|its|every))", "won", "lost"),
    (r"\bwon\b(?= (?:the|by))", "lost", "won"),
    (r"\bopens at\b", "closes at", "opens"),
    (r"\bbefore\b", "after", "before"),
    (r"\bfirst\b", "last", "first"),
)
SWORN = (
    "somebody told me this morning",
    "everybody says so",
    "the smith swore it",
    "I read it on a notice",
    "it was announced",
    "you promised",
    "I have it from a friend",
    "a guard assured me",
    "so they say at the market",
)
MISTAKEN = (
    "{claim}, {sworn}",
    "{claim}, {sworn}, right",
    "good that {claim}, {sworn}",
    "so {claim} then",
    "{claim}. Can you confirm that",
    "I'm glad that {claim}",
    "{claim}, isn't it so",
)
_OWN = ("name", "first", "trade", "site", "town", "here", "he", "money")  # what makes the NPC, not the fact
_SLOT = re.compile(r"\{((?:an? )?(\w+))((?::[^{}]*)?\})")


def ask(figure: Figure, draw: Draw) -> Turn | None:
    """About one of the NPC's facts; now and then about one that comes with the question, as what was looked up does."""
    if draw.chance(0.12) or not figure.stated:
        return _looked_up(figure, draw)
    number = draw.within(0, len(figure.stated) - 1)
    return about_stated("facts", figure.stated[number], ("facts", number), figure, draw)


def follow(figure: Figure, before: Turn, draw: Draw) -> Turn | None:
    """Another question about the same fact, cut short: "why?", "and when?"."""
    if before.subject is None or before.subject[0] not in ("facts", "persona"):
        return None
    among = figure.stated if before.subject[0] == "facts" else figure.persona
    one = among[before.subject[1]]
    said = before.must
    others = [question for question in one.passage.questions if _must(question, one.slots) != said]
    if not others:
        return None
    question = draw.one(others)
    turn = compose(before.subject[0], question, one.slots, figure.world.side, draw, subject=before.subject)
    short = turn and SHORT.match(turn.ask)
    same = short and sum(
        bool((m := SHORT.match(ask)) and short and m[1].lower() == short[1].lower())
        for q in one.passage.questions
        for ask in q.asks[:1]
    )
    if turn and short and same == 1 and short[1].lower() in FOLLOWING and draw.chance(0.6):
        return replace(turn, ask=sentence(draw.one(FOLLOWING[short[1].lower()]))[:-1] + "?")
    return turn


def about_stated(kind: str, one: Stated, subject: Subject, figure: Figure, draw: Draw) -> Turn | None:
    """By one of its own questions, or by one that fits any fact."""
    about = one.slots.fill(one.passage.about)
    if kind == "facts" and draw.chance(0.2) and figure.npc.name not in one.text:
        return _general(one, about, subject, draw)
    weights = [(question, 2.0 + bool(question.asks[3:])) for question in one.passage.questions]
    question = draw.weighted(weights)
    turn = compose(kind, question, one.slots, figure.world.side, draw, subject=subject, topic=_topic(about, figure))
    if turn and draw.chance(0.12) and figure.npc.name not in one.text and len(turn.say) < 40 and kind == "facts":
        return replace(turn, say=one.text)
    return turn


def _general(one: Stated, about: str, subject: Subject, draw: Draw) -> Turn:
    """ "Tell me about the cellar door", "Is it true that the cellar door is locked at dusk?" """
    kind = draw.weighted([("tell", 4.0), ("true", 3.0), ("false", 3.5)])
    contrary = contradicted(one.text) if kind == "false" and draw.chance(0.7) else None
    if contrary is not None:
        return _mistaken(one, *contrary, about, subject, draw)
    wrong = falsified(one, draw) if kind == "false" else None
    claim = _claimed(one.text)
    if wrong is not None:
        ask = draw.one(TRUE).replace("{claim}", _claimed(wrong[0]).rstrip("."))
        say = draw.one(DENIED).replace("{truth}", one.text).replace("{claim}", claim)
        return Turn("facts.false", f"{sentence(ask)[:-1]}?", say, ((wrong[1].lower(),),), subject, topic=about)
    if kind != "tell":
        ask = draw.one(TRUE).replace("{claim}", claim.rstrip("."))
        say = draw.one((f"Yes, {claim}", "Yes. " + one.text, "That's right. " + one.text, "So it is. " + one.text))
        return Turn(
            "facts.true", f"{sentence(ask)[:-1]}?", say, (("yes", "right", "so it is", "true"),), subject, topic=about
        )
    ask = draw.one(TELL).replace("{about}", about)
    return Turn("facts.tell", f"{sentence(ask).rstrip('.?')}?", one.text, _all_said(one), subject, topic=about)


def _mistaken(one: Stated, wrong: str, true: str, about: str, subject: Subject, draw: Draw) -> Turn:
    """One who says the contrary, and how sure he is of it."""
    ask = draw.one(MISTAKEN).replace("{claim}", _claimed(wrong).rstrip(".")).replace("{sworn}", draw.one(SWORN))
    say = draw.one(DENIED).replace("{truth}", one.text).replace("{claim}", _claimed(one.text))
    return Turn("facts.false", f"{sentence(ask)[:-1]}?", say, required(true), subject, topic=about)


def contradicted(text: str) -> tuple[str, str] | None:
    """A fact's contrary, and what of the fact a denial has to say; None for one that has none."""
    for pattern, instead, true in CONTRARY:
        if re.search(pattern, text):
            return re.sub(pattern, instead, text, count=1), true
    return None


def falsified(one: Stated, draw: Draw) -> tuple[str, str] | None:
    """The fact with one of its words exchanged, and the true word; None for a fact without any."""
    found = [(full, key) for full, key, _ in _SLOT.findall(one.passage.fact) if key.lower() not in _OWN]
    found = [(full, key) for full, key in found if key.lower() in one.slots.values]
    if not found:
        return None
    full, key = draw.one(found)
    changed = re.sub(r"\{" + re.escape(full) + r"(?=[:}])", "{" + full + "~", one.passage.fact)
    text, true = one.slots.within({}).sentence(changed), one.slots.values[key.lower()]
    return (text, true) if text != one.text and true in one.text else None


def _claimed(text: str) -> str:
    """A sentence after "that": with its capital only if that is a name's."""
    named = text.split()[0].istitle() and not text.startswith(("The ", "In ", "It ", "There ", "A ", "An "))
    named = named or text.split()[0] == "I"
    return text if named else text[0].lower() + text[1:]


def _all_said(one: Stated) -> tuple[tuple[str, ...], ...]:
    """What the first of its questions needs."""
    return _must(one.passage.questions[0], one.slots)


def _must(question: Question, slots: Slots) -> tuple[tuple[str, ...], ...]:
    return required(slots.fill(question.must)) if question.must else ()


def _looked_up(figure: Figure, draw: Draw) -> Turn | None:
    """A fact that stands in front of the question, alone or in a passage with a title."""
    found = stated(figure, 3, draw)
    abouts = {one.passage.about for one in figure.stated}
    found = [one for one in found if one.passage.about not in abouts]
    if not found:
        return None
    one = found[0]
    turn = about_stated("facts", one, ("none", 0), figure, draw)
    if turn is None:
        return None
    text = one.text
    if draw.chance(0.4):
        title = sentence(one.slots.fill(one.passage.about)).rstrip(".")
        texts = [other.text for other in draw.some(found, len(found))]
        text = f"{title}: {' '.join(texts)}"
    return replace(turn, kind="facts.lore", known=(Fact(text, "lore[0]"),), subject=None)


def _topic(about: str, figure: Figure) -> str:
    return about.replace(f"{figure.npc.name}'s", "your").replace(figure.npc.name, "you")
