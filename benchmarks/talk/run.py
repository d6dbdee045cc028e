"""Dialogue with the real model: sixteen conversations on eight slots, then twice the load that the machine can carry.

First, sixteen conversations of one client start half a second apart, each with one line and a reply of up to 40 tokens.
Then four clients say such lines at random times, at twice `--rate` turns a second, which should be what the machine can
carry. First tokens, gaps and refusals are measured at the client; refused lines are not repeated. Steadiness is a
reply's longest gap divided by its median gap, for replies of 8 pieces or more.

    python benchmarks/talk --rate 1.0 --seconds 25
"""

import argparse
import asyncio
import os
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from harness.process import server
from harness.record import finish, show

from bridge.client import BridgeClient, Done, Sampling, Token

_SERVE = ("-m", "bridge.cli", "serve", "--port", "0", "--models", "dialogue")
_PERSONA = "You are {name}, who lives in a medieval village by the sea. Reply in two or three sentences."
_LINES = (
    "Good evening! What is new in the village?",
    "Tell me a story about the sea.",
    "What should I buy at the market tomorrow?",
    "Who is the most interesting person here, and why?",
)
_TOKENS = 40
_LEAST_PIECES = 8


@dataclass(slots=True)
class Heard:
    """One turn as seen by the client."""

    pieces: list[float] = field(default_factory=list)  # seconds since the line was said
    refused: float | None = None  # seconds until the refusal
    retry_after: float = 0.0


async def say(talk: Any, name: str, number: int) -> Heard:
    """Say a line, and receive the reply until it ends."""
    heard, began = Heard(), time.perf_counter()
    sampling = Sampling(seed=number + 1, max_tokens=_TOKENS)
    line = _LINES[number % len(_LINES)]
    async for event in talk.say(name, line, persona=_PERSONA.format(name=name), sampling=sampling):
        if isinstance(event, Token):
            heard.pieces.append(time.perf_counter() - began)
        elif isinstance(event, Done) and event.failure is not None:
            heard.refused, heard.retry_after = time.perf_counter() - began, event.failure.retry_after
    return heard


async def sixteen(address: str) -> list[Heard]:
    """Sixteen conversations of one client, started one after the other."""
    async with BridgeClient(address) as bridge, bridge.dialogue() as talk:

        async def join(number: int) -> Heard:
            await asyncio.sleep(0.5 * number)
            return await say(talk, f"villager {number}", number)

        return list(await asyncio.gather(*map(join, range(16))))


async def crowd(address: str, rate: float, seconds: float) -> list[Heard]:
    """Lines of four clients at random times, each in its own conversation."""
    draw, turns = random.Random(13), []
    clients = [BridgeClient(address) for _ in range(4)]
    for client in clients:
        await client.__aenter__()
    talks = [await client.dialogue().__aenter__() for client in clients]
    until, number = time.perf_counter() + seconds, 0
    while time.perf_counter() < until:
        await asyncio.sleep(draw.expovariate(rate))
        talk = talks[number % len(talks)]
        turns.append(asyncio.create_task(say(talk, f"villager {number // 4 % 48}", number)))
        number += 1
    heard = list(await asyncio.gather(*turns))
    for talk, client in zip(talks, clients, strict=True):
        await talk.__aexit__(None, None, None)
        await client.__aexit__(None, None, None)
    return heard


def figures(turns: Sequence[Heard]) -> dict[str, float]:
    """The figures of one part."""
    served = [turn for turn in turns if turn.pieces]
    refused = [turn for turn in turns if turn.refused is not None]
    firsts = sorted(turn.pieces[0] for turn in served)
    gaps = [[b - a for a, b in pairwise(turn.pieces)] for turn in served if len(turn.pieces) >= _LEAST_PIECES]
    steady = sorted(max(row) / statistics.median(row) for row in gaps)
    return {
        "said": len(turns),
        "refused": len(refused),
        "told_ms_max": max((1e3 * (turn.refused or 0.0) for turn in refused), default=0.0),
        "retry_after_s_min": min((turn.retry_after for turn in refused), default=0.0),
        "first_token_s_p50": _part(firsts, 0.5),
        "first_token_s_p99": _part(firsts, 0.99),
        "gap_ms_median": 1e3 * statistics.median(gap for row in gaps for gap in row),
        "gap_ms_max": 1e3 * max(max(row) for row in gaps),
        "longest_gap_in_usual_ones_median": _part(steady, 0.5),
        "longest_gap_in_usual_ones_p90": _part(steady, 0.9),
        "longest_gap_in_usual_ones_max": steady[-1],
    }


def _part(values: Sequence[float], part: float) -> float:
    return values[min(len(values) - 1, int(part * len(values)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=25.0)
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with server(*_SERVE) as (address, _):
        results = {
            "sixteen_on_eight": figures(asyncio.run(sixteen(address))),
            "twice_the_load": figures(asyncio.run(crowd(address, 2 * options.rate, options.seconds))),
        }
    rows = [(key, *(part[key] for part in results.values())) for key in results["sixteen_on_eight"]]
    show("Dialogue", ("figure", *results), rows)
    finish("talk", results, {"rate": options.rate, "seconds": options.seconds})


if __name__ == "__main__":
    main()
