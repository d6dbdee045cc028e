"""Builds prompts: messages to tokens, in the format of the model's chat template, trimmed to the context.

The template sees placeholders and never the texts themselves, so a player's words can neither become a control token
nor reach jinja. Where turns are told apart by plain text alone, a player's copy of such a marker is broken by a space:
`[ INST]`. Knows nothing of conversations beyond the messages it gets.
"""

import logging
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from models.dialogue.chat_format import STAND_IN, learn
from models.dialogue.chat_template import CHATML, CHATML_TOKENS, template_in, template_of
from models.dialogue.rendering import render
from models.gguf.file import GGUF
from models.language.cache.keys import spoken, token_of
from models.language.tokenizers.tokenizer import Tokenizer

LONGEST_TEXT = 32_768  # characters per message
MOST_MESSAGES = 512
SPOKEN = 64  # least tokens assumed for a player's next line when history is cut in advance: some 45 words
_LATELY = 4  # or the longest of this many recent lines, if that is longer

_log = logging.getLogger(__name__)


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
    """Its tokens as keys (`cache/keys.py`), and how many of the oldest messages after the system's they omit;
    later prompts must omit them too.
    """

    keys: list[int]
    dropped: int

    @property
    def tokens(self) -> list[int]:
        return [token_of(key) for key in self.keys]


class Chat:
    """Thread-safe: immutable after construction."""

    def __init__(self, source: str, tokenizer: Tokenizer) -> None:
        """By the chat template `source`. ValueError if it cannot be rendered, drops messages or adds words."""
        self._tokenizer = tokenizer
        names = sorted(tokenizer.special, key=len, reverse=True)  # a longer name may begin with a shorter one
        special = re.compile(f"({'|'.join(map(re.escape, names)) or '(?!)'})")
        named = tokenizer.vocabulary.named
        self._format = learn(lambda conversations: render(source, conversations, named), special)
        self._split = {piece: special.split(piece) for piece in self._format.written}
        markers = "|".join(map(re.escape, sorted(self._format.markers)))
        self._marker = re.compile(f"(?={markers})(.)", re.DOTALL) if markers else None

    @classmethod
    def of(cls, file: GGUF, tokenizer: Tokenizer) -> "Chat":
        """By a GGUF file's chat template; by ChatML if that is of no use and the model has its tokens."""
        return cls._by(template_of(file), tokenizer, "the GGUF file")

    @classmethod
    def in_folder(cls, folder: Path, tokenizer: Tokenizer) -> "Chat":
        """By the chat template of a folder in Hugging Face's layout; else as `of`. ValueError."""
        return cls._by(template_in(folder), tokenizer, folder.name)

    @classmethod
    def _by(cls, source: str | None, tokenizer: Tokenizer, origin: str) -> "Chat":
        try:
            if source is None:
                raise ValueError("there is no chat template")
            return cls(source, tokenizer)
        except ValueError as error:
            if any(name not in tokenizer.special for name in CHATML_TOKENS):
                raise ValueError(
                    f"{origin} cannot be used for talk: {error}; use a model made for chat, often called Instruct"
                ) from error
            _log.warning("%s is used with ChatML, whose tokens it has: %s", origin, error)
            return cls(CHATML, tokenizer)

    def encode(self, messages: Sequence[Message]) -> list[int]:
        """The tokens of all messages, the player's last, and of the opening of the reply."""
        return [token_of(key) for key in self._keys(messages)]

    def _keys(self, messages: Sequence[Message]) -> list[int]:
        return self._keys_of(self._parts(messages), messages)

    def _parts(self, messages: Sequence[Message]) -> Iterator[str]:
        """The prompt in parts: special tokens, and what is written between them, with placeholders for texts."""
        for piece in self._format.pieces([message.role for message in messages]):
            yield from self._split.get(piece, (piece,))

    def _keys_of(self, parts: Iterable[str], messages: Sequence[Message]) -> list[int]:
        """The keys of parts; text between two special tokens is tokenised as one."""
        keys: list[int] = []
        special, bos, text = self._tokenizer.special, self._tokenizer.bos, ""
        for part in parts:
            if part in special:
                keys += self._plain(text, messages, first=not keys)
                keys.append(special[part])
                text = ""
            else:
                text += part
        keys += self._plain(text, messages, first=not keys)
        return keys if bos is None or keys[:1] == [bos] else [bos, *keys]  # most templates write it themselves

    def _plain(self, text: str, messages: Sequence[Message], *, first: bool) -> list[int]:
        """The keys of text with placeholders; the tokens of what the character has said are spoken."""
        written, spans = "", []
        for number, part in enumerate(STAND_IN.split(text)):
            if number % 2:
                message = messages[int(part)]
                part = self._said(message.text)
                if message.role is Role.ASSISTANT:
                    spans.append((len(written), len(written) + len(part)))
            written += part
        tokens = self._tokenizer.encode(written, first=first) if written else []
        keys = list(tokens)
        for start, end in (tuple(self._cover(tokens, written[:at], written, first) for at in span) for span in spans):
            keys[start:end] = map(spoken, tokens[start:end])
        return keys

    def _cover(self, tokens: Sequence[int], beginning: str, whole: str, first: bool) -> int:
        """How many of the tokens of the whole are those of its beginning."""
        if beginning in ("", whole):
            return len(tokens) if beginning else 0
        theirs = self._tokenizer.encode(beginning, first=first)
        pairs = zip(tokens, theirs, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    def _said(self, text: str) -> str:
        """A text in which nothing reads as one of the format's markers."""
        return self._marker.sub(r"\1 ", text) if self._marker else text

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
        keys, dropped = self._keys([*head, *turns]), 0
        if trim and len(keys) > room:
            dropped = self._surplus(head, turns, room)
            keys = self._keys([*head, *turns[dropped:]])
        if len(keys) > room:
            raise ValueError(
                f"the prompt has {len(keys)} tokens where {room} fit; shorten it, or ask for fewer new tokens"
            )
        return Prompt(keys, dropped)

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
        """The keys before the player's next line, as far as their tokens cannot merge with it."""
        unsaid = f"\0{len(messages)}\0"
        parts = list(takewhile(lambda part: unsaid not in part, self._parts([*messages, Message(Role.USER, "")])))
        while parts and parts[-1] not in self._tokenizer.special:
            parts.pop()  # what follows the last special token is tokenised together with the player's line
        return self._keys_of(parts, messages)

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
