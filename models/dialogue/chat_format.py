r"""What a chat template writes around messages, learned from what it makes of a few conversations.

A prompt is then made without the template, in the same time whatever the template is, and each prompt begins with the
prompt before it. Templates for which this is not so (their words depend on more than a message and its neighbour) are
refused. Conversations are rendered with placeholders `\0N\0` for message N, so no text reaches the template either.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from models.dialogue.rendering import Rendering, Turn

STAND_IN = re.compile("\0([0-9]+)\0")
SYSTEM, USER, ASSISTANT = "system", "user", "assistant"
ROLES = frozenset((SYSTEM, USER, ASSISTANT, "model"))
# A word that marks the system's text: <<SYS>>, [SYSTEM_PROMPT], ###, "System:".
MARK = re.compile(r"[^\w\s]+(?:\w*[^\w\s]+)?|(?:system|instructions?)\W*", re.IGNORECASE)


class Arrangement(Enum):
    """What a template takes, from the freest to the strictest."""

    FREE = ("SUAUAU", "SSUUAAUSUASAU", "SU", "SAU", "U", "UAU", "AU")  # any roles in any order
    ALTERNATING = ("SUAUAU", "SU", "SUAU", "U", "UAU")  # one system message, then the player and the character in turn
    FOLDED = ("U", "UAU", "UAUAU")  # the same without a system message: its text goes into the player's first

    @property
    def probes(self) -> list[list[str]]:
        """Roles of conversations that show all there is to learn."""
        return [[{"S": SYSTEM, "U": USER, "A": ASSISTANT}[role] for role in roles] for roles in self.value]

    def turns(self, roles: Sequence[str]) -> list[tuple[str, str]]:
        """Messages of these roles as the turns to give to the template: role and placeholders.

        Where roles must alternate, neighbours of the same role become one turn, later words of the system are put into
        the player's mouth, and a character that speaks first answers an empty line.
        """
        if self is Arrangement.FREE:
            return [(role, _stand_in(i)) for i, role in enumerate(roles)]
        head = next((i for i, role in enumerate(roles) if role != SYSTEM), len(roles))
        turns: list[tuple[str, str]] = []
        if head and self is Arrangement.ALTERNATING:
            turns.append((SYSTEM, _joined(map(_stand_in, range(head)))))
        lines = range(head if self is Arrangement.ALTERNATING else 0, len(roles))
        for i in lines:
            role = ASSISTANT if roles[i] == ASSISTANT else USER
            if role == ASSISTANT and (not turns or turns[-1][0] == SYSTEM):
                turns.append((USER, ""))
            if turns and turns[-1][0] == role:
                turns[-1] = role, _joined((turns[-1][1], _stand_in(i)))
            else:
                turns.append((role, _stand_in(i)))
        return turns


def _stand_in(i: int) -> str:
    return f"\0{i}\0"


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(filter(None, texts))


class _Pieces(NamedTuple):
    """What was written before a conversation's first message, between neighbours, and after the last."""

    begin: dict[str, str]
    between: dict[tuple[str, str], str]
    end: str


@dataclass(frozen=True, slots=True)
class Format:
    """What a template writes before a first message by its role, between two by theirs, and after the player's last:
    its end and the opening of the reply. `markers` are the words of plain text that tell turns apart.
    """

    arrangement: Arrangement
    begin: Mapping[str, str]
    between: Mapping[tuple[str, str], str]
    end: str
    markers: frozenset[str]

    @property
    def written(self) -> frozenset[str]:
        """All that the template writes."""
        return frozenset((*self.begin.values(), *self.between.values(), self.end))

    def pieces(self, roles: Sequence[str]) -> Iterator[str]:
        """The prompt of messages of these roles, the player's last: what the template writes and placeholders."""
        turns = self.arrangement.turns(roles)
        yield self.begin[turns[0][0]]
        for (role, content), (following, _) in pairwise(turns):
            yield content
            yield self.between[role, following]
        yield turns[-1][1]
        yield self.end


def learn(render: Callable[[Sequence[Sequence[Turn]]], list[Rendering]], special: re.Pattern[str]) -> Format:
    """The format of the template behind `render`, in the freest arrangement that it takes. `special` finds special
    tokens. ValueError if it takes none, drops or repeats messages, or says something of its own.
    """
    tried = [(arrangement, roles) for arrangement in Arrangement for roles in arrangement.probes]
    turns = [arrangement.turns(roles) for arrangement, roles in tried]
    renderings = render([[{"role": role, "content": content} for role, content in one] for one in turns])
    failures: list[ValueError] = []
    for arrangement in Arrangement:
        shown = [
            ([role for role, _ in one], rendering)
            for (by, _), one, rendering in zip(tried, turns, renderings, strict=True)
            if by is arrangement
        ]
        try:
            return _format(arrangement, _taken_apart(shown), special)
        except ValueError as error:
            failures.append(error)
    raise failures[0]


def _taken_apart(shown: Sequence[tuple[Sequence[str], Rendering]]) -> _Pieces:
    """What is written around messages, from conversations of known roles. ValueError unless it is always the same."""
    found: dict[object, str] = {}
    for roles, rendering in shown:
        if rendering.error:
            raise ValueError(f"the chat template refuses a conversation: {rendering.error}")
        numbers, texts = STAND_IN.findall(rendering.text), STAND_IN.split(rendering.text)[::2]
        if numbers != [str(i) for i in range(len(roles))]:
            raise ValueError("the chat template drops, repeats or reorders messages")
        keys: list[object] = [(None, roles[0]), *pairwise(roles), "end"]
        for key, text in zip(keys, texts, strict=True):
            if found.setdefault(key, text) != text:
                raise ValueError("the chat template writes the same messages in different ways")
    pairs = {key: text for key, text in found.items() if isinstance(key, tuple)}
    begin = {role: text for (before, role), text in pairs.items() if before is None}
    return _Pieces(begin, {key: text for key, text in pairs.items() if key[0] is not None}, found["end"])


def _format(arrangement: Arrangement, pieces: _Pieces, special: re.Pattern[str]) -> Format:
    """Check whose words the template writes, and leave out what its vendor put in front of the system's text."""
    told = pieces.between
    if any(text == told.get((before, ASSISTANT)) for (before, role), text in told.items() if role == SYSTEM):
        raise ValueError("the chat template writes the system's words as the character's")
    head = USER if arrangement is Arrangement.FOLDED else SYSTEM
    turns = ((USER, ASSISTANT), (ASSISTANT, USER))
    repeated = frozenset(word for turn in turns for word in _words(pieces.between[turn], special))
    begin = {**pieces.begin, head: _without_vendor(pieces.begin[head], repeated, special)}
    written = [begin[head], *pieces.between.values(), pieces.end]
    words = [word for text in written for word in _words(text, special)]
    if foreign := [word for word in words if _foreign(word, repeated)]:
        raise ValueError(f"the chat template adds words to the conversation: {' '.join(foreign)[:80]!r}")
    markers = frozenset(word for word in words if len(word) > 1 and not word.isalnum())
    return Format(arrangement, begin, pieces.between, pieces.end, markers)


def _words(text: str, special: re.Pattern[str]) -> list[str]:
    return special.sub(" ", text).split()


def _without_vendor(begin: str, repeated: frozenset[str], special: re.Pattern[str]) -> str:
    """What is written before the first message, without words of the vendor between the turn's head and its text: Llama
    3 writes dates there.
    """
    *head, last = special.split(begin)
    found = next((word for word in re.finditer(r"\S+", last) if _foreign(word[0], repeated)), None)
    if not head or found is None:
        return begin
    rest = last[found.start() :].split()
    if any(word in repeated or MARK.fullmatch(word) for word in rest):
        return begin  # markers in between: not known what belongs to them
    return "".join(head) + last[: found.start()]


def _foreign(word: str, repeated: frozenset[str]) -> bool:
    """Whether a word is neither a role's name, nor marks the system's text, nor stands in every turn."""
    return word not in ROLES and word not in repeated and not MARK.fullmatch(word)
