"""Listens to a turn of the client until it is over."""

import time

from bridge.client.turn import Sentence, Turn
from facts.contenders.contender import Rejected, Said

_AUTHORED = {"authored", "refusal"}  # stages of what the author of a file has written


async def heard(turn: Turn, conversation: str) -> Said:
    """The reply. RuntimeError if there was none."""
    began, sentence, stages = time.perf_counter(), 0.0, list[str]()
    async for event in turn:
        if isinstance(event, Sentence):
            sentence = sentence or time.perf_counter() - began
            stages += [event.grounds.stage] if event.grounds is not None else []
    done, trace = turn.done, turn.trace
    if done is None or done.failure is not None:
        raise RuntimeError(f"{conversation}: {done.failure if done is not None else 'no reply'}")
    return Said(
        done.text,
        authored=bool(stages) and set(stages) <= _AUTHORED,
        first=done.first_token,
        seconds=done.elapsed,
        tokens=done.reply_tokens,
        sentence=sentence or done.elapsed,
        decoding=max(0.0, done.timing.compute - done.prompt_compute),
        stages=tuple(stages),
        rejected=tuple(Rejected(one.text, one.reason, one.regenerated) for one in trace.rejected) if trace else (),
    )
