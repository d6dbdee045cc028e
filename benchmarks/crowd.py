"""A crowd that talks: 64 characters at once, newcomers beside a speaker, and one client that holds all of them.

- `many_clients`: eight clients greet eight characters each, all in one moment.
- `one_client`: one client greets 64.
- `greeted`: one character tells a long story; after its eighth piece seven others are greeted at once.
- `interrupted`: sixteen speak, and each is cut in on by its client, after six pieces and more. `pieces_after` counts
  what still came; a step of the decoder that is under way gives one at most. `silence_steps` is the time until the
  turn is over, in gaps between pieces.

A reply's longest gap is divided by its own median gap (`steadiness`, as in talk), and by the median gap of all
replies of its part, which newcomers change while they join: 3 is the promise, for the worst reply.
Pieces are whole characters, mostly one token each; gaps before the first piece are first tokens and do not count. The
server's memory is the process tree's, before the first word and after each part.

    python benchmarks/crowd.py
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import psutil
from harness.process import server
from harness.record import finish, show

from bridge.client import BridgeClient, Done, Sampling, Token

_CONTEXT, _SLOTS = 512, 64
_SERVE = (
    "-m", "bridge.cli", "serve", "--port", "0", "--models", "dialogue",
    "--dialogue-slots", str(_SLOTS), "--dialogue-context", str(_CONTEXT),
)  # fmt: skip
_PERSONA = (
    "You are {name}, who lives in a medieval village by the sea, proud of your work and curious about strangers. "
    "Reply in two or three sentences."
)
_GREETING = "Good evening! What is new in the village?"
_STORY = "Tell me a long story about the sea."
_TOKENS, _LONG = 40, 160
_BUDGET, _PACE = 60.0, 5.0  # seconds; the crowd is larger than what reads along, so it asks for little
_CROWD, _CLIENTS, _GREETED, _CUT = 64, 8, 7, 16
_LEAST_GAPS = 5  # for a median of one's own


@dataclass(slots=True)
class Heard:
    """One turn as its client saw it: seconds since its part began."""

    pieces: list[float] = field(default_factory=list)
    said: float = 0.0
    refused: str = ""
    cut: float | None = None  # when the client cut in
    over: float = 0.0
    tokens: int = 0

    @property
    def gaps(self) -> list[float]:
        return [after - before for before, after in pairwise(self.pieces)]


async def say(talk: Any, name: str, line: str, tokens: int, cut_after: int | None = None) -> Heard:
    """Say a line and hear the reply to its end, or cut in after some pieces."""
    heard = Heard(said=time.perf_counter())
    sampling = Sampling(seed=sum(name.encode()) + 1, max_tokens=tokens)
    turn = talk.say(name, line, persona=_PERSONA.format(name=name), sampling=sampling, budget=_BUDGET, pace=_PACE)
    async for event in turn:
        now = time.perf_counter()
        if isinstance(event, Token):
            heard.pieces.append(now)
            if len(heard.pieces) == cut_after:
                heard.cut = now
                talk.interrupt(turn)
        elif isinstance(event, Done):
            heard.over, heard.tokens = now, event.reply_tokens
            heard.refused = event.failure.message if event.failure is not None else ""
    return heard


async def crowd(address: str, clients: int) -> list[Heard]:
    """Greet the whole crowd in one moment, shared among `clients`."""
    async with AsyncExitStack() as stack:
        talks = [await _talk(stack, address) for _ in range(clients)]
        turns = [say(talks[i % clients], f"villager {i}", _GREETING, _TOKENS) for i in range(_CROWD)]
        return list(await asyncio.gather(*turns))


async def greeted(address: str) -> list[Heard]:
    """The speaker first, then those who were greeted meanwhile."""
    async with AsyncExitStack() as stack:
        talk = await _talk(stack, address)
        began = asyncio.Event()

        async def speak() -> Heard:
            heard = Heard(said=time.perf_counter())
            sampling = Sampling(seed=5, max_tokens=_LONG)
            async for event in talk.say(
                "the old sailor", _STORY, persona=_PERSONA.format(name="the old sailor"), sampling=sampling,
                budget=_BUDGET, pace=_PACE,
            ):  # fmt: skip
                if isinstance(event, Token):
                    heard.pieces.append(time.perf_counter())
                    if len(heard.pieces) == 8:
                        began.set()
            began.set()
            return heard

        speaker = asyncio.create_task(speak())
        await began.wait()
        others = [say(talk, f"newcomer {i}", _GREETING, _TOKENS) for i in range(_GREETED)]
        return [*await asyncio.gather(speaker, *others)]


async def interrupted(address: str) -> list[Heard]:
    """Sixteen speak; each is cut in on after its own number of pieces."""
    async with AsyncExitStack() as stack:
        talk = await _talk(stack, address)
        turns = [say(talk, f"speaker {i}", _STORY, _LONG, cut_after=6 + i) for i in range(_CUT)]
        return list(await asyncio.gather(*turns))


async def _talk(stack: AsyncExitStack, address: str) -> Any:
    client = await stack.enter_async_context(BridgeClient(address))
    return await stack.enter_async_context(client.dialogue())


def figures(turns: Sequence[Heard]) -> dict[str, float]:
    """Figures of one part; those of gaps are over replies that have at least two pieces."""
    served = [turn for turn in turns if turn.pieces]
    firsts = sorted(turn.pieces[0] - turn.said for turn in served)
    usual = statistics.median(gap for turn in served for gap in turn.gaps)
    worst = sorted(max(turn.gaps) / usual for turn in served if turn.gaps)
    steady = sorted(max(turn.gaps) / statistics.median(turn.gaps) for turn in served if len(turn.gaps) >= _LEAST_GAPS)
    found = {
        "greeted": len(turns),
        "refused": sum(bool(turn.refused) for turn in turns),
        "tokens": sum(turn.tokens for turn in turns),
        "first_token_s_p50": statistics.median(firsts),
        "first_token_s_max": firsts[-1],
        "gap_ms_median": 1e3 * usual,
        "steadiness_p50": statistics.median(steady),
        "steadiness_max": steady[-1],
        "longest_gap_in_medians_p90": worst[int(0.9 * (len(worst) - 1))],
        "longest_gap_in_medians_max": worst[-1],
    }
    cut = [turn for turn in served if turn.cut is not None]
    if cut:
        found["pieces_after_max"] = max(sum(at > turn.cut for at in turn.pieces if turn.cut) for turn in cut)
        found["silence_steps_max"] = max((turn.over - turn.cut) / usual for turn in cut if turn.cut)
    return found


def memory(pid: int) -> float:
    """Resident memory of a process and its children, in MiB."""
    process = psutil.Process(pid)
    return sum(one.memory_info().rss for one in [process, *process.children(recursive=True)]) / 2**20


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    results: dict[str, dict[str, float]] = {}
    with server(*_SERVE) as (address, process):
        notes: dict[str, Any] = {"context": _CONTEXT, "slots": _SLOTS, "memory_mib_before": round(memory(process.pid))}
        parts = {
            "many_clients": lambda: crowd(address, _CLIENTS),
            "one_client": lambda: crowd(address, 1),
            "greeted": lambda: greeted(address),
            "interrupted": lambda: interrupted(address),
        }
        for name, part in parts.items():
            results[name] = figures(asyncio.run(part())) | {"memory_mib": round(memory(process.pid))}
    keys = dict.fromkeys(key for part in results.values() for key in part)
    show("A crowd", ("figure", *results), [(key, *(part.get(key, "") for part in results.values())) for key in keys])
    finish("crowd", results, notes)


if __name__ == "__main__":
    main()
