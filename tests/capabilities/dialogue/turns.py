"""Lines to say on a dialogue stream, and what is heard on it."""

import math
from collections.abc import Callable
from typing import Any

from tests.serving.client import D, read, say
from tests.serving.fakes import CONTEXT

NAN = D.Sampling(temperature=math.nan, top_p=1, repetition_penalty=1)
HOT = D.Sampling(temperature=9, top_p=1, repetition_penalty=1)
LONG = "word " * (CONTEXT + 1)
THIEF = "A thief."


def given(*lines: str) -> Any:
    """A history; lines of the player begin with "> "."""
    return D.ConverseHistory(
        lines=[{"player": line[2:]} if line.startswith("> ") else {"character": line} for line in lines]
    )


def interrupt(turn: int) -> Any:
    return D.ConverseRequest(interrupt=D.ConverseInterrupt(conversation_id="smith", turn_id=turn))


async def heard(call: Any) -> list[Any]:
    """All that has been said on a stream so far, told by a message that is refused at once."""
    await call.write(say("", conversation="nobody"))
    events: list[Any] = []
    while (event := await read(call)).conversation_id != "nobody":
        events.append(event)
    return events


def ends(events: list[Any]) -> list[tuple[int, int]]:
    return [(event.turn_id, event.done.finish) for event in events if event.WhichOneof("event") == "done"]


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail
