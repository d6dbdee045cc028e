"""Messages to the tokens of a prompt, by the chat template in the GGUF file.

The template sees a stand-in for each text and never the text itself, so what a player types can neither become a
control token nor reach jinja. This file knows nothing of conversations beyond the messages it is given.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

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


class Chat:
    """Thread-safe: nothing changes after construction."""

    def __init__(self, file: GGUF, tokenizer: Tokenizer) -> None:
        source = file.value("tokenizer.chat_template", str)
        try:
            self._template = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True).from_string(source)
        except TemplateError as error:
            raise ValueError(f"the GGUF file's chat template does not parse: {error}") from error
        self._tokenizer = tokenizer
        self._control = re.compile("(" + "|".join(map(re.escape, tokenizer.control)) + ")")

    def encode(self, messages: Sequence[Message]) -> list[int]:
        """The tokens of all messages and of the opening of the reply."""
        turns = [{"role": message.role.value, "content": f"\0{i}\0"} for i, message in enumerate(messages)]
        rendered = self._template.render(messages=turns, add_generation_prompt=True)
        tokens: list[int] = []
        for part in self._control.split(rendered):
            if part in self._tokenizer.control:
                tokens.append(self._tokenizer.control[part])
            else:
                tokens += self._tokenizer.encode(STAND_IN.sub(lambda found: messages[int(found[1])].text, part))
        return tokens

    def prompt(self, messages: Sequence[Message], room: int, trim: bool) -> list[int]:
        """At most `room` tokens. ValueError when the messages need more.

        With `trim`, old turns are dropped first: the system message and the newest turns stay. They go in steps of a
        quarter of the room, so that a long conversation's prompt begins alike for many turns and its cache is of use.
        """
        if not messages or messages[-1].role is not Role.USER:
            raise ValueError("there is nothing to reply to; end the messages with what the player says")
        if len(messages) > MOST_MESSAGES:
            raise ValueError(
                f"a prompt of {len(messages)} messages is too long; send the newest {MOST_MESSAGES} at most"
            )
        tokens = self.encode(messages)
        if trim and len(tokens) > room:
            tokens = self.encode(self._newest(messages, len(tokens), room))
        if len(tokens) > room:
            raise ValueError(
                f"the prompt has {len(tokens)} tokens where {room} fit; shorten it, or ask for fewer new tokens"
            )
        return tokens

    def _newest(self, messages: Sequence[Message], length: int, room: int) -> Sequence[Message]:
        head = messages[: next(i for i, message in enumerate(messages) if message.role is not Role.SYSTEM)]
        turns = messages[len(head) :]
        step = max(room // 4, 1)
        goal = length - -(-(length - room) // step) * step
        first = bisect_left(range(len(turns) - 1), -goal, key=lambda i: -len(self.encode([*head, *turns[i:]])))
        while turns[first].role is Role.ASSISTANT:  # a window that opens with an answer lacks its question
            first += 1
        return [*head, *turns[first:]]
