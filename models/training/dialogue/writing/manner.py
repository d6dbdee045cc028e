"""How a player puts a question, and how the NPC's voice puts an answer."""

import re
from functools import cache

from models.training.dialogue.writing.draw import Draw
from models.training.dialogue.writing.figure import Figure
from models.training.dialogue.writing.passages import sections
from models.training.dialogue.writing.pools import entries
from models.training.dialogue.writing.split import kept
from models.training.dialogue.writing.turn import Turn

_SENTENCES_BEGIN = (
    "The A An It They There That From At On No Yes By Because Only We You Until For To In "
    "He She Not Don't Of This These Nobody Nothing Some About People Everybody Gone Look "
    "Leave Go Come As So Under Behind With"
)
_QUESTIONS_BEGIN = (
    "what when where who why how which is are do does can could may will would have has "
    "did should tell i my so give show any and it isn was were whose at until"
)
_LOWERED, _ASKED = frozenset(_SENTENCES_BEGIN.split()), frozenset(_QUESTIONS_BEGIN.split())
_SLANG = (
    (r"\byou\b", "u"),
    (r"\byour\b", "ur"),
    (r"\bare\b", "r"),
    (r"\bplease\b", "pls"),
    (r"\bwhat is\b", "what's"),
    (r"\bwant to\b", "wanna"),
    (r"\bgoing to\b", "gonna"),
    (r"\bthe\b", "da"),
    (r"\band\b", "n"),
    (r"\bfor\b", "4"),
    (r"\bgive me\b", "gimme"),
    (r"\bdo you have\b", "u got"),
    (r"\bthanks\b", "thx"),
    (r"\bknow\b", "kno"),
)


def spoken(turn: Turn, figure: Figure, draw: Draw) -> str:
    """The question as this player puts it: openers, asides, haste, mistakes."""
    text = turn.ask
    talk = turn.kind.startswith(("talk", "press", "player", "again"))
    if not talk and draw.chance(0.26):
        text = _opened(text, draw, figure)
    if not talk and draw.chance(0.1) and text[-1] in "?.":
        text = f"{text[:-1]}, {draw.one(_parts('after', figure))}{text[-1]}"
    if draw.chance(0.06) and len(figure.npc.name) > 2:
        text = f"{draw.one((figure.npc.name, figure.slots.values['first']))}, {lowered(text)}"
    if not talk and draw.chance(0.15):
        text = _rambled(text, figure, draw)
    return _hasty(text, draw)


def _rambled(text: str, figure: Figure, draw: Draw) -> str:
    """With asides before it, after it, or on both sides."""
    before, after = draw.weighted([((1, 0), 4), ((0, 1), 2), ((1, 1), 2), ((2, 0), 1.5), ((2, 1), 1)])
    chosen = [figure.known().sentence(aside) for aside in draw.some(_asides(figure), before + after)]
    return " ".join([*chosen[:before], text, *chosen[before:]])


def voiced(turn: Turn, figure: Figure, draw: Draw) -> str:
    """The answer in the NPC's manner. What is not known is said without flourish at its end."""
    say = turn.say
    if turn.plain or turn.kind == "again" or draw.chance(0.15):
        return say
    voice = figure.voice
    talk = turn.kind.startswith(("talk", "press", "player"))
    if figure.npc.style and draw.chance(0.34 if turn.knows and not talk else 0.2):
        knowing = (
            turn.knows and not talk and not say.startswith(("No", "Not", "I don't", "I have no", "None", "Nothing"))
        )
        openers = [*voice.openers, *voice.knowing, *voice.knowing] if knowing else voice.openers
        if openers:
            say = _after(draw.one(openers), say)
    if (
        figure.npc.style
        and turn.knows
        and draw.chance(0.2)
        and len(say) < 120
        and voice.closers
        and not say.endswith("?")
    ):
        say = f"{say} {draw.one(voice.closers)}"
    return say


def both(one: Turn, two: Turn, draw: Draw) -> Turn:
    """Two questions in one line, and both answers."""
    first, second = one.ask.rstrip("?."), lowered(two.ask)
    ask = draw.one(
        (f"{first}, and {second}", f"{one.ask} And {second}", f"{one.ask} Also, {second}", f"{one.ask} {two.ask}")
    )
    known = tuple(dict.fromkeys((*one.known, *two.known)))
    return Turn(
        "both", ask, f"{one.say} {two.say}", (*one.must, *two.must), one.subject, known, knows=one.knows and two.knows
    )


def lowered(text: str) -> str:
    """A sentence as part of another: without its capital, unless the word has one of its own."""
    first = re.split(r"[ ,.]", text, maxsplit=1)[0]
    asking = first.lower().split("'")[0] in _ASKED
    asking = asking and first not in ("I", "I'm", "I'll", "I'd", "I've")
    return text[0].lower() + text[1:] if first in _LOWERED or asking else text


def _after(opener: str, say: str) -> str:
    return f"{opener} {lowered(say) if opener[-1] in ',:' else say}"


def _opened(text: str, draw: Draw, figure: Figure) -> str:
    opener = draw.one(_parts("before", figure))
    return f"{opener[0].upper()}{opener[1:]} {lowered(text)}"


def _parts(name: str, figure: Figure) -> list[str]:
    return list(kept(_opening(name), figure.world.side, str))


@cache
def _opening(name: str) -> list[str]:
    return [entry for line in sections("talk/openers.txt")[name].lines for entry in entries(line)]


def _asides(figure: Figure) -> list[str]:
    return list(kept(sections("talk/openers.txt")["ramble"].lines, figure.world.side, str))


def _hasty(text: str, draw: Draw) -> str:
    """Small letters, missing marks, slang, slips of the fingers."""
    if draw.chance(0.05):
        for pattern, short in _SLANG:
            if draw.chance(0.6):
                text = re.sub(pattern, short, text, flags=re.IGNORECASE)
    if draw.chance(0.1):
        text = _slipped(text, draw)
    if draw.chance(0.16):
        text = text.lower()
    elif draw.chance(0.015):
        text = text.upper()
    if draw.chance(0.18):
        text = text.rstrip("?.")
    return text


def _slipped(text: str, draw: Draw) -> str:
    words = text.split(" ")
    places = [i for i, word in enumerate(words) if len(word) > 4 and word.isalpha() and word.islower()]
    for place in draw.some(places, draw.within(1, 2)):
        word, at = words[place], draw.within(1, len(words[place]) - 3)
        words[place] = draw.one(
            (
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
            )
        )
    return " ".join(words)
