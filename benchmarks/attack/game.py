"""The well-behaved client: a small game with avatars, a camera and a conversation: `python game.py ADDRESS SECONDS`.

Its last line is a JSON document: how many answers it asked for, and how many came within budget by its own clock.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import numpy as np

from bridge.client import BridgeClient, Sampling
from bridge.device.loop import run
from bridge.errors import BridgeError

_AVATARS, _FRAME_SECONDS, _FRAME_BUDGET = 4, 0.1, 0.1
_PICTURE_SECONDS, _PICTURE_BUDGET = 0.5, 0.3
_TURN_SECONDS, _TOKEN_BUDGET, _TOKENS = 3.0, 2.0, 12
_GRACE_SECONDS = 3.0
_PICTURE = np.random.default_rng(2).integers(0, 256, (240, 320, 3), np.uint8)


class Game:
    """Sends requests at a steady rate, open loop."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._answers: set[asyncio.Task[None]] = set()
        self.asked: Counter[str] = Counter()
        self.in_budget: Counter[str] = Counter()

    async def every(self, seconds: float, kind: str, ask: Callable[[], Awaitable[Any]]) -> None:
        due = time.monotonic()
        while due < self._ends:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            task = asyncio.create_task(self._ask(kind, ask))
            self._answers.add(task)
            due += seconds

    async def _ask(self, kind: str, ask: Callable[[], Awaitable[Any]]) -> None:
        self.asked[kind] += 1
        with suppress(BridgeError):
            answer = await ask()
            self.in_budget[kind] += bool(answer and answer.on_time)

    async def settle(self) -> None:
        """Wait for the last answers."""
        if self._answers:
            _, late = await asyncio.wait(self._answers, timeout=_GRACE_SECONDS)
            for task in late:
                task.cancel()


class Spoken:
    """Whether the first token of a turn was on time."""

    def __init__(self, first_token: float) -> None:
        self.on_time = 0 < first_token <= _TOKEN_BUDGET


async def main(address: str, seconds: float) -> None:
    async with (
        BridgeClient(address, name="game", timeout=20.0) as bridge,
        bridge.avatars() as avatars,
        bridge.camera() as camera,
        bridge.dialogue() as dialogue,
    ):
        for slot in range(_AVATARS):
            avatars.set_look(slot, seed=slot)

        async def turn() -> Spoken:
            said = dialogue.say(
                "guide", "Where is the inn?", budget=_TOKEN_BUDGET, sampling=Sampling(max_tokens=_TOKENS)
            )
            done = await said.reply()
            dialogue.forget("guide")
            return Spoken(0.0 if done.failure is not None else done.first_token)

        game = Game(seconds)
        frames = [
            game.every(_FRAME_SECONDS, "avatar", lambda slot=slot: avatars.frame(slot, budget=_FRAME_BUDGET))
            for slot in range(_AVATARS)
        ]
        seen = game.every(_PICTURE_SECONDS, "classify", lambda: camera.classify(_PICTURE, budget=_PICTURE_BUDGET))
        await asyncio.gather(*frames, seen, game.every(_TURN_SECONDS, "dialogue", turn))
        await game.settle()
    print(json.dumps({"asked": game.asked, "in_budget": game.in_budget}), flush=True)


if __name__ == "__main__":
    run(main(sys.argv[1], float(sys.argv[2])))
