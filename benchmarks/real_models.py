"""The embedded models together on one processor: frames within budget, and dialogue in the time that is left.

Four characters talk without pause while the demo's game requests its avatar (30 a second, 50 ms), classes (3 a second,
66 ms) and objects (2 a second, 150 ms). Each repeat first runs the frames alone, for the device time per answer of each
kind; then the dialogue alone, for its tokens per second, prefill included; then both. Dialogue is entitled to the wall
time minus the stand-alone cost of the frames served; `kept` is the share of the corresponding tokens that it generated.
A line that is refused, because the device cannot carry another reply at its pace, is said again after the refusal's
`retry_after`; these are counted.

    python benchmarks/real_models.py --seconds 15 --repeats 3
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

from harness.process import server
from harness.record import finish, show

from bridge.client import BridgeClient, Done, Sampling, Token
from bridge.tools.demo.game import Game
from bridge.tools.demo.options import Options
from bridge.tools.demo.play import new_game

_SERVE = ("-m", "bridge.cli", "serve", "--port", "0")
_WORKS = ("avatar", "classify", "detect")
_CHARACTERS = ("Mira", "Orin", "Tam", "Elsbeth")
_PERSONA = "You are {name}, who lives in a medieval village by the sea. Reply in two or three sentences."
_LINES = (
    "Good evening! What is new in the village?",
    "Tell me a story about the sea.",
    "What should I buy at the market tomorrow?",
    "Who is the most interesting person here, and why?",
)
_TOKENS = 60
_PAUSE = 1.0


class Figures:
    """Device time by kind of work, from the stats before and after."""

    def __init__(self, before: Any, after: Any, wall: float) -> None:
        self.wall = wall
        earlier = {work.name: work for work in before.work}
        self.device = {w.name: (w.device_micros - earlier[w.name].device_micros) / 1e6 for w in after.work}


async def frames(address: str, seconds: float) -> tuple[Game, Figures]:
    """Play the demo's game without its conversations."""
    game = new_game(Options(seconds=seconds, avatar_budget_ms=50, classify_budget_ms=66, detect_budget_ms=150))
    game.conversations = []
    async with BridgeClient(address) as bridge:
        before, began = await bridge.stats(), time.perf_counter()
        await game.run(bridge)
        return game, Figures(before, await bridge.stats(), time.perf_counter() - began)


async def talk(address: str, seconds: float) -> tuple[int, int]:
    """Let four characters talk without pause; returns how many tokens they said, and how many lines were refused."""
    refused = 0
    async with BridgeClient(address) as bridge, bridge.dialogue() as dialogue:
        until = time.perf_counter() + seconds

        async def converse(number: int, name: str) -> int:
            nonlocal refused
            tokens = turn = 0
            while time.perf_counter() < until:
                sampling = Sampling(seed=100 * number + turn, max_tokens=_TOKENS)
                line, turn = _LINES[(number + turn) % len(_LINES)], turn + 1
                persona = _PERSONA.format(name=name)
                async for event in dialogue.say(name, line, persona=persona, sampling=sampling, budget=5.0):
                    tokens += isinstance(event, Token) and time.perf_counter() < until
                    if isinstance(event, Done) and event.failure is not None:
                        assert event.failure.retry_after, event
                        refused, turn = refused + 1, turn - 1
                        await asyncio.sleep(event.failure.retry_after)
            return tokens

        spoken = await asyncio.gather(*(converse(i, name) for i, name in enumerate(_CHARACTERS)))
        return sum(spoken), refused


async def measure(address: str, seconds: float) -> dict[str, float]:
    """Measure one repeat."""
    alone, of_frames = await frames(address, seconds)
    cost = {work: of_frames.device[work] / max(1, alone.counters[work].on_time) for work in _WORKS}
    tokens_alone, refused_alone = await talk(address, seconds)
    await asyncio.sleep(_PAUSE)
    (game, _), (tokens, refused) = await _together(lambda: frames(address, seconds), lambda: talk(address, seconds))
    served = sum(game.counters[work].on_time * cost[work] for work in _WORKS)
    allowed = tokens_alone * (seconds - served) / seconds
    works = [game.counters[work] for work in _WORKS]
    judged = sum(counters.sent - counters.superseded for counters in works)
    on_time = sum(counters.on_time for counters in works)
    cheaper = sum(counters.cheaper for counters in works)
    return {
        "in_budget": on_time / judged,
        "best_rung": (on_time - cheaper) / max(1, on_time),
        **{f"{work}_in_budget": game.counters[work].in_budget for work in _WORKS},
        "stale": sum(counters.stale for counters in works),
        "kept": tokens / allowed,
        "tokens_per_second": tokens / seconds,
        "tokens_per_second_alone": tokens_alone / seconds,
        "lines_refused": refused,
        "lines_refused_alone": refused_alone,
        "frames_share_of_device": served / seconds,
    }


async def _together(one: Callable[[], Awaitable[Any]], other: Callable[[], Awaitable[Any]]) -> list[Any]:
    return await asyncio.gather(one(), other())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    runs = []
    with server(*_SERVE) as (address, _):
        for repeat in range(options.repeats):
            runs.append(asyncio.run(measure(address, options.seconds)))
            print(
                f"{repeat + 1}/{options.repeats}", {key: round(value, 3) for key, value in runs[-1].items()}, flush=True
            )
    results = {key: round(statistics.median(run[key] for run in runs), 4) for key in runs[0]}
    show("Recognition, an avatar and four talking characters", ("figure", "median"), list(results.items()))
    finish("real_models", results, {"seconds": options.seconds, "repeats": options.repeats})


if __name__ == "__main__":
    main()
