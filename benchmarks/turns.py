"""A long conversation with the real dialogue model: is the 40th turn answered as quickly as the 20th?

One client, one conversation, short lines, nothing else on the server. Each turn is said `--pause` seconds after the
last reply, as by a player who reads it. Time to first token depends on the tokens that are not cached: with the history
cached, only the new ones. When the history no longer fits the context it is cut to half, and the server prefills that
half during the pause. If the pause is too short (`--pause 0`), the turn prefills the rest; turns after a cut that had
more to prefill than any other turn are reported separately. Ratios compare medians over a turn and two turns on each
side, without those.

    python benchmarks/turns.py --turns 45
    python benchmarks/turns.py --turns 45 --pause 0
"""

import argparse
import asyncio
import os
import statistics
from collections.abc import Sequence
from typing import Any, NamedTuple

from harness.process import server
from harness.record import finish, show

from bridge.client import BridgeClient, Sampling

_SERVE = ("-m", "bridge.cli", "serve", "--port", "0", "--models", "dialogue")
_PERSONA = "You are Mira, who keeps an inn by the sea. Reply in one short sentence."
_LINES = ("What is new in the village?", "And who told you that?", "What would you do?", "Tell me more.")
_EARLY, _LATE = 20, 40
_BESIDE = 2


class Heard(NamedTuple):
    """One turn."""

    first_token_ms: float
    prompt_tokens: int
    cached_tokens: int
    reply_tokens: int

    @property
    def read_tokens(self) -> int:
        return self.prompt_tokens - self.cached_tokens


async def talk(address: str, turns: int, tokens: int, pause: float) -> list[Heard]:
    """Run one conversation of `turns` turns."""
    heard = []
    async with BridgeClient(address) as bridge, bridge.dialogue() as dialogue:
        await bridge.until_ready("dialogue")
        for number in range(turns):
            await asyncio.sleep(pause if number else 0)
            sampling = Sampling(seed=number + 1, max_tokens=tokens)
            line = _LINES[number % len(_LINES)]
            done = await dialogue.say("mira", line, persona=_PERSONA, sampling=sampling, budget=30.0).reply()
            heard.append(Heard(1e3 * done.first_token, done.prompt_tokens, done.cached_tokens, done.reply_tokens))
    return heard


def cuts(heard: Sequence[Heard]) -> list[int]:
    """The turns, from 1, before which the history was cut."""
    sizes = [turn.prompt_tokens for turn in heard]
    return [place + 1 for place in range(1, len(sizes)) if sizes[place] < sizes[place - 1]]


def slowed(heard: Sequence[Heard]) -> list[int]:
    """Those of them that had to prefill some of the remaining history."""
    cut = cuts(heard)
    usual = max(turn.read_tokens for number, turn in enumerate(heard, 1) if number > 1 and number not in cut)
    return [number for number in cut if heard[number - 1].read_tokens > usual]


def around(heard: Sequence[Heard], number: int) -> float:
    """The median time to first token of a turn and its neighbours, without slowed turns."""
    apart = slowed(heard)
    near = range(max(2, number - _BESIDE), min(len(heard), number + _BESIDE) + 1)
    return statistics.median(heard[turn - 1].first_token_ms for turn in near if turn not in apart)


def figures(heard: Sequence[Heard]) -> dict[str, Any]:
    """The figures of the conversation."""
    apart = slowed(heard)
    steady = [turn for number, turn in enumerate(heard, 1) if number > 1 and number not in apart]
    early, late = around(heard, _EARLY), around(heard, _LATE)
    return {
        "first_token_ms_turn_20": heard[_EARLY - 1].first_token_ms,
        "first_token_ms_turn_40": heard[_LATE - 1].first_token_ms,
        "turn_40_over_turn_20": heard[_LATE - 1].first_token_ms / heard[_EARLY - 1].first_token_ms,
        "around_40_over_around_20": late / early,
        "first_token_ms_p50": statistics.median(turn.first_token_ms for turn in steady),
        "first_token_ms_max": max(turn.first_token_ms for turn in steady),
        "read_tokens_p50": statistics.median(turn.read_tokens for turn in steady),
        "read_tokens_max": max(turn.read_tokens for turn in steady),
        "cut_turns": cuts(heard),
        "turns_apart": apart,
        "first_token_ms_of_turns_apart": [heard[number - 1].first_token_ms for number in apart],
        "read_tokens": [turn.read_tokens for turn in heard],
        "prompt_tokens": [turn.prompt_tokens for turn in heard],
        "cached_tokens": [turn.cached_tokens for turn in heard],
        "first_token_ms": [round(turn.first_token_ms, 1) for turn in heard],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=45, help=f"at least {_LATE}")
    parser.add_argument("--tokens", type=int, default=12, help="maximum length of a reply")
    parser.add_argument("--pause", type=float, default=3.0, help="seconds between a reply and the next line")
    options = parser.parse_args()
    if options.turns < _LATE:
        parser.error(f"--turns must be at least {_LATE}")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    load = os.getloadavg()[0]
    with server(*_SERVE) as (address, _):
        heard = asyncio.run(talk(address, options.turns, options.tokens, options.pause))
    results = figures(heard)
    show("A long conversation", ("figure", "value"), [(key, value) for key, value in results.items()])
    talked = {"turns": options.turns, "tokens": options.tokens, "pause_seconds": options.pause}
    notes = {**talked, "load_average_before": round(load, 2)}
    finish("turns", results, {**notes, "load_average_after": round(os.getloadavg()[0], 2)})


if __name__ == "__main__":
    main()
