"""Talk that is not about facts: greetings and moods, what players try, what they say of themselves, what was done."""

from dataclasses import replace

from models.npc.facts import Fact
from models.training.dialogue.writing.draw import Draw
from models.training.dialogue.writing.figure import Figure
from models.training.dialogue.writing.passages import Passage, passages, sections
from models.training.dialogue.writing.pools import entries
from models.training.dialogue.writing.split import kept
from models.training.dialogue.writing.turn import Turn, compose

ALIVE = "greeting; how are you; compliment; player tale; work; town; joke; sad; story; advice; day; opinion"
TAILED = """how are you; compliment; weather; work; town; advice; opinion food; dream; magic; people; money talk
why trade; rich; day; opinion; secret wish; fear talk; travel; age talk; plan"""  # which a general remark may follow


def small(figure: Figure, draw: Draw) -> Turn | None:
    """A bit of smalltalk."""
    found = [one for one in passages("talk/smalltalk.txt") if one.question.asks]
    passage = draw.weighted([(one, 2.0 if one.about in entries(ALIVE) else 1.0) for one in found])
    if passage.about == "how are you" and any("mood" in one.text for one in figure.persona):
        return None
    turn = compose(f"talk.{passage.about}", passage.question, figure.known(), figure.world.side, draw)
    if turn is None or passage.about not in entries(TAILED) or turn.say.endswith("?") or not draw.chance(0.5):
        return turn
    tails = sections("talk/smalltalk.txt")["tails"].question.says
    return replace(turn, say=f"{turn.say} {figure.known().sentence(draw.one(tails))}")


def press(figure: Figure, draw: Draw) -> Turn | None:
    """An order to the model, a forged name, a question for the prompt."""
    kind = draw.weighted([("order", 3.0), ("ignore", 4.0), ("prompt", 2.0), ("forged name", 1.5)])
    words = {"stranger": figure.world.full(draw), "othertrade": figure.world.trade(draw).name}
    words["word"] = draw.one(kept(_words(), figure.world.side, str))
    if words["othertrade"] == figure.npc.trade or words["stranger"].split()[0] in figure.npc.name:
        return None
    question = sections("talk/pressing.txt")[kind].question
    turn = compose(
        f"press.{kind}", question, figure.known(words), figure.world.side, draw, extra={"word": words["word"]}
    )
    return turn and replace(turn, plain=draw.chance(0.5))


def again(figure: Figure, before: Turn, draw: Draw) -> Turn | None:
    """ "Are you sure?" after an answer that was known."""
    if not before.must or before.kind.startswith(("press", "talk", "player")) or before.kind in ("again", "unknown"):
        return None
    asks = kept(sections("talk/pressing.txt")["sure"].question.asks, figure.world.side, str)
    says = sections("talk/pressing.txt")["sure.answer"].question.says
    if not before.knows or before.say.startswith(("No", "Yes")):
        says = ["{Said}", "As I said: {said}"]
    said = before.say
    slots = figure.known()
    ask = slots.sentence(draw.one(asks))
    say = draw.one(says).replace("{Said}", said).replace("{said}", said)
    mark = "." if ask.startswith(("You're", "I d", "That", "Hm", "Say", "Come")) else "?"
    return replace(before, kind="again", ask=ask + mark, say=say, known=())


def player(figure: Figure, draw: Draw) -> list[Turn]:
    """What the player says of himself and what he asks back later: one or two turns, in this order."""
    tell, ask = draw.one((("tell name", "ask name"), ("tell thing", "ask thing"), ("tell seek", "ask seek")))
    name = figure.world.word("player", draw)
    if name in figure.npc.name:
        return []
    words = {"player": name, "thing": figure.known().fill("{job}"), "seek": figure.known().fill("{treasure}")}
    said = " ".join([*(one.text for one in figure.stated), *(one.text for one in figure.persona)])
    if words["seek"] in said:
        return []
    made = [
        compose(f"player.{kind}", sections_of_player(kind).question, figure.known(words), figure.world.side, draw)
        for kind in (tell, ask)
    ]
    return [turn for turn in made if turn is not None]


def nameless(figure: Figure, draw: Draw) -> Turn | None:
    """The player's name before he has told it."""
    return compose(
        "player.ask name.none",
        sections_of_player("ask name.none").question,
        figure.known(),
        figure.world.side,
        draw,
        knows=False,
    )


def remembered(figure: Figure, draw: Draw) -> Turn | None:
    """A memory of the player, or what an action led to, which stands in front of his line."""
    kind = draw.weighted([("memory", 3.0), ("result", 1.2), ("failed", 1.0)])
    passage = draw.one([one for one in passages("talk/player.txt") if one.about == kind])
    slots = figure.known()
    text = slots.sentence(passage.fact)
    turn = compose(f"player.{kind}", passage.question, slots, figure.world.side, draw)
    return turn and replace(turn, known=(Fact(text if text.endswith(".") else f"{text}.", kind),))


def sections_of_player(kind: str) -> Passage:
    """Of `player.txt`, where memories have one name."""
    return next(passage for passage in passages("talk/player.txt") if passage.about == kind)


def _words() -> list[str]:
    return [word for line in sections("talk/pressing.txt")["words"].lines for word in entries(line)]
