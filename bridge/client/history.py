"""The history of a conversation, to be saved with a game and restored from it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bridge.v1 import dialogue_pb2

MOST_LINES, MOST_BYTES = 384, 64 * 1024  # for a server that gives no limits
_LONGEST_JSON = 8 * 1024 * 1024  # characters


@dataclass(frozen=True, slots=True)
class Line:
    """What the player said, or the character."""

    speaker: Literal["player", "character"]
    text: str


@dataclass(frozen=True, slots=True)
class History:
    """Who the character is, and what has been said, oldest first."""

    persona: str = ""
    lines: Sequence[Line] = ()

    def to_json(self) -> str:
        """As text, for a saved game."""
        lines = [{"speaker": line.speaker, "text": line.text} for line in self.lines]
        return json.dumps({"persona": self.persona, "lines": lines}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "History":
        """The history in a text that `to_json` wrote. ValueError for anything else."""
        if len(text) > _LONGEST_JSON:
            raise ValueError(f"a history of {len(text):,} characters is too long; nothing that was saved has so many")
        try:
            saved = json.loads(text)
            lines = [Line(_speaker(line["speaker"]), _words(line["text"])) for line in saved["lines"]]
            return cls(_words(saved["persona"]), lines)
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise ValueError(f"this is no history that was saved: {error}; give the text of `to_json`") from error


def _speaker(value: Any) -> Literal["player", "character"]:
    if value not in ("player", "character"):
        raise ValueError("a line has a speaker other than player and character")
    return "player" if value == "player" else "character"


def _words(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is not a string")
    value.encode()  # UnicodeEncodeError, a ValueError, for lone surrogates, which cannot be sent
    return value


def newest(lines: Sequence[Line], most_lines: int, most_bytes: int) -> list[Line]:
    """As many of the newest lines as fit."""
    kept = 0
    for line in reversed(lines):
        most_bytes -= len(line.text.encode())
        if kept == most_lines or most_bytes < 0:
            break
        kept += 1
    return list(lines[len(lines) - kept :])


def on_the_wire(lines: Iterable[Line]) -> dialogue_pb2.ConverseHistory:
    """The lines as a message."""
    message = dialogue_pb2.ConverseHistory()
    for line in lines:
        if line.speaker == "player":
            message.lines.add(player=line.text)
        else:
            message.lines.add(character=line.text)
    return message
