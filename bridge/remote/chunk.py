"""One event of a streamed chat completion, read as data of a stranger's: every field may be missing or of another type.

Source: OpenAI API reference, "The chat completion chunk object"; what vLLM and llama.cpp add to it.
"""

import json
from typing import Any, NamedTuple

DONE = "[DONE]"
_MOST_TOKENS = 2**31 - 1  # an int32 on our wire


class Usage(NamedTuple):
    """The endpoint's own count of tokens."""

    prompt: int
    reply: int
    cached: int = 0  # of the prompt


class Chunk(NamedTuple):
    """What an event adds to a reply."""

    text: str = ""
    finish: str = ""  # why the reply ended, in the endpoint's words
    stopped: bool = False  # it ended at one of the request's stop strings
    usage: Usage | None = None
    error: Any = None  # an error of the endpoint's, in place of anything else


def read(data: str) -> Chunk:
    """The chunk of an event. ValueError if it is none."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("an event is not JSON") from None
    if not isinstance(found, dict):
        raise ValueError("an event is not a JSON object")
    if found.get("error") is not None or found.get("object") == "error":
        return Chunk(error=found)
    usage = _usage(found.get("usage"))
    choices = found.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        return Chunk(usage=usage)
    delta = choice.get("delta")
    text = delta.get("content") if isinstance(delta, dict) else None
    finish = choice.get("finish_reason")
    return Chunk(
        text=_whole(text) if isinstance(text, str) else "",
        finish=finish if isinstance(finish, str) else "",
        stopped=isinstance(choice.get("stop_reason"), str),
        usage=usage,
    )


def _usage(found: Any) -> Usage | None:
    if not isinstance(found, dict):
        return None
    details = found.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    return Usage(_count(found.get("prompt_tokens")), _count(found.get("completion_tokens")), _count(cached))


def _count(found: Any) -> int:
    """A number of tokens; 0 for what cannot be one."""
    return found if type(found) is int and 0 <= found <= _MOST_TOKENS else 0


def _whole(text: str) -> str:
    """A text without lone surrogates, which JSON can hold and UTF-8 cannot."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
