"""Which action of an NPC a line wants: by what it is like, and by what of the action's parameters the line says."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from models.npc.answers.focus import Asks, Focus
from models.npc.answers.kinship import kin
from models.npc.answers.spelling import spelled
from models.npc.answers.wares import wares_meant
from models.npc.character import Action, Npc, Ware
from models.npc.lemmas import content
from models.npc.numbers import numbers, tokens
from models.npc.replies.arguments import Narrowed, narrowed

_LEAST = 0.25  # of a line that wants an action
_SAYS, _LACKS = 0.2, -0.25  # where a line says all that an action needs, or does not
_COUNTS, _LEAVES = 0.1, -0.15  # where a line has a number of things, and an action takes it, or does not
_WORDS, _MEANING = 0.4, 0.8  # weights of words in common, and of a cosine
_BY_WORDS = 0.15  # in place of a cosine, where nobody embeds

_POLITE = re.compile(
    r"\b(?:please|kindly|go on|come on|(?:can|could|may|might|would|will|shall) (?:you|i|we)|let(?:'s| me| us)|"
    r"(?:i'll|we'll|i will|we will|i shall) (?:have|take|get|buy|want|need)|"
    r"(?:(?:i|we)(?:'d| would) (?:\w+ )?(?:like|want|love)|(?:i|we|she|he|they)(?:'d)? (?:want|need)s?)"
    r"(?! to (?:know|ask|hear|talk|say)\b))\b",
    re.IGNORECASE,
)
_IMPERATIVE = re.compile(
    r"(?:^|[.!?,;:]\s*|\b(?:and|now|then|just|please|hey|oi|ooh|quick|right|well) )(?:do (?!you|i |we |they )|"
    r"get|give|bring|show|take|make|put|open|"
    r"start|fly|ring|sell|issue|draw|reserve|wrap|book|light|call|send|fetch|hand|pass|pour|play|lend|chuck|"
    r"throw|spread|"
    r"unroll|point|let|charge|kill|swing|row|copy|fire|launch|dig|cut|keep|release|carry|lead|follow|guard|"
    r"unlock|lock|"
    r"close|stop|turn|sing|read|write|draw|carve|cook|serve|feed|heal|fix|mend|repair|teach|tell|hide|free|blow|"
    r"raise|"
    r"lower|set|pack|prepare|order|bill|douse|wake|summon|ferry)\b",
    re.IGNORECASE,
)
_SAYS_SO = re.compile(
    r"\b(?:everyone knows|everybody (?:knows|says)|i hear|i heard|i read|told me|told us|promised|i take it|"
    r"swore|assured|"
    r"must have been|they say)\b",
    re.IGNORECASE,
)
_OUT_OF_ROLE = re.compile(
    r"\b(?:ai|language model|assistant|role.?play|developer|prompt|instructions|system|json|ignore (?:all|"
    r"everything))\b",
    re.IGNORECASE,
)
_HAS = re.compile(
    r"\b(?:do|does|would|wouldn't|might|have|haven't|is there|are there) (?:you )?(?:\w+ )?(?:have|got|any)\b|"
    r"\bany\b.* left\b",
    re.IGNORECASE,
)
_TOLD = frozenset([Asks.TIME, Asks.COUNT, Asks.REASON, Asks.SPAN, Asks.PLACE])
_OPENS_A_QUESTION = re.compile(
    r"\W*(?:(?:so|and|but|or|hey|now|well|yo|ok|okay|oh|ah|um|uh|er|dude|mate|friend|sir|ma'am|madam|miss|please|sorry|"
    r"hi|hello|oi|then|look|say|honestly|excuse me|tell me|pray|pardon),? )*"
    r"(?:(?:on|for|in|at|by|from|with|of|to) (?:what|which|whom)|what|what's|why|how|when|where|who|who's|which|is|are|"
    r"do|does|did|was|were|has|have)\b",
    re.IGNORECASE,
)


class Wanted(NamedTuple):
    """An action, what a line leaves open of its arguments, and how near the line is to it."""

    place: int
    action: Action
    arguments: Narrowed
    score: float


def wanted(
    npc: Npc,
    said: str,
    focus: Focus,
    *,
    player: str = "",
    topic: Ware | None = None,
    near: Sequence[float] | None = None,
) -> Wanted | None:
    """The action that a line wants; None if it wants none, or two alike. `near` is the line's cosine to each action."""
    text = spelled(said)
    if not is_request(npc, text, focus):
        return None
    found = [
        _scored(npc, at, action, text, player, topic, None if near is None else near[at])
        for at, action in enumerate(npc.actions)
    ]
    best = max(found, key=lambda one: one.score, default=None)
    return best if best is not None and best.score >= _LEAST else None


def is_request(npc: Npc, text: str, focus: Focus) -> bool:
    """Whether a line wants something done, and neither asks for a fact nor tells one."""
    orders = _IMPERATIVE.match(text) is not None
    if Asks.STOCK in focus.kind and _HAS.search(text):
        return False
    asks = focus.question and (focus.kind & _TOLD or any(map(_OPENS_A_QUESTION.match, focus.parts)))
    if Asks.PRICE in focus.kind or _SAYS_SO.search(text) or _OUT_OF_ROLE.search(text) or (asks and not orders):
        return False
    if _POLITE.search(text) or _IMPERATIVE.search(text) or _says_a_verb(npc, text):
        return True
    return bool(numbers(tokens(text))) and not focus.question and bool(wares_meant(npc, text))


def _says_a_verb(npc: Npc, text: str) -> bool:
    """Whether a part of a line begins with the verb of an action: "Uncork the birthday" with `uncork_bottle`."""
    verbs = {action.name.split("_")[0] for action in npc.actions}
    return any(part.split(" ", 1)[0] in verbs for part in re.split(r"[.!?,;:]\s*", text.lower()))


def _scored(
    npc: Npc, at: int, action: Action, text: str, player: str, topic: Ware | None, cosine: float | None
) -> Wanted:
    arguments = narrowed(npc, action, text, player, topic)
    properties = arguments.schema["properties"]
    said = " ".join(str(value) for inside in properties.values() for value in inside.get("enum", ()))
    own = content(f"{action.name.replace('_', ' ')} {action.description} {' '.join(action.examples)}")
    about = (content(text) | _roles(npc, text)) - content(said)
    shared = sum(1.0 if word in own else 0.7 for word in about if kin(word) & own)
    score = _WORDS * min(1.0, shared / max(2, min(len(about), 6)))
    score += _MEANING * max(0.0, cosine) if cosine is not None else _BY_WORDS
    if arguments.missing:
        score += _LACKS
    elif properties or arguments.outside is not None:
        score += _SAYS
    if any(number.value > 1 for number in numbers(tokens(text))):
        takes = arguments.outside is not None or any(inside["type"] == "integer" for inside in properties.values())
        score += _COUNTS if takes else _LEAVES if wares_meant(npc, text) else 0.0
    return Wanted(at, action, arguments, score)


def _roles(npc: Npc, text: str) -> frozenset[str]:
    """What the people are whom a line names: who asks for Rafferty asks for the rider."""
    words = content(text)
    named = (relation for relation in npc.relations if content(relation.who) & words)
    return frozenset(word for relation in named for word in content(relation.role))
