"""The history that a client gives with a turn, in place of the one that the server has."""

from collections.abc import Sequence
from typing import Literal

from bridge.capabilities.dialogue.conversation import Line
from bridge.config import Limits
from bridge.errors import InvalidRequest, TooLarge
from bridge.v1 import dialogue_pb2

_SPEAKERS: dict[str, Literal["user", "assistant"]] = {"player": "user", "character": "assistant"}


def history_of(history: dialogue_pb2.ConverseHistory, limits: Limits) -> Sequence[Line]:
    """The lines that are to replace the conversation's, oldest first.

    Raises InvalidRequest for a line without a speaker or words, and TooLarge for more than a server keeps.
    """
    given = history.lines
    if len(given) > limits.history_lines:
        raise TooLarge(
            f"the history has {len(given)} lines; send the newest {limits.history_lines} (Limits.max_history_lines)"
        )
    lines = [_line(place, line) for place, line in enumerate(given)]
    size = sum(len(line.text.encode()) for line in lines)
    if size > limits.history_bytes:
        raise TooLarge(
            f"the history has {size:,} bytes of text; send the newest {limits.history_bytes:,} "
            "(Limits.max_history_bytes)"
        )
    return lines


def _line(place: int, line: dialogue_pb2.ConverseLine) -> Line:
    speaker = line.WhichOneof("speaker")
    if speaker is None:
        raise InvalidRequest(f"line {place} of the history has no speaker; set `player` or `character`")
    text = line.player if speaker == "player" else line.character
    if not text.strip():
        raise InvalidRequest(f"line {place} of the history is empty; leave it out")
    return Line(_SPEAKERS[speaker], text)
