"""A game loop at 60 frames a second: an avatar's texture each frame, and what a camera sees, each within its budget.

python examples/4_game_loop.py --target 127.0.0.1:50051 --seconds 5
"""

import argparse
import asyncio
import sys
import time
from collections import Counter

import numpy as np

from bridge.client import Avatars, BridgeClient, Camera, Task
from bridge.errors import BridgeError

SLOT, FRAME = 0, 1 / 60
TEXTURE_BUDGET, DETECT_BUDGET = 2 * FRAME, 0.150  # seconds; a texture may be two frames old


async def play(target: str, seconds: float) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    async with BridgeClient(target) as bridge, bridge.avatars() as avatars, bridge.camera() as camera:
        await bridge.until_ready("avatar", "detector")
        avatars.set_look(SLOT, seed=7)
        waiting: set[asyncio.Task[None]] = set()
        began = time.perf_counter()
        for number in range(round(seconds / FRAME)):
            await asyncio.sleep(began + number * FRAME - time.perf_counter())
            waiting.add(asyncio.create_task(show(avatars, counts)))  # never awaited here: a frame waits for nothing
            if number % 12 == 0:
                waiting.add(asyncio.create_task(see(camera, number, counts)))
            waiting = {task for task in waiting if not task.done()}
        await asyncio.gather(*waiting)
    return counts


async def show(avatars: Avatars, counts: Counter[tuple[str, str]]) -> None:
    answer = await avatars.frame(SLOT, budget=TEXTURE_BUDGET)
    # The rung is how it was answered: in full, in a cheaper way, or with the last picture again. Falsy: not at all.
    counts["texture", answer.timing.rung if answer else answer.disposition] += 1


async def see(camera: Camera, number: int, counts: Counter[tuple[str, str]]) -> None:
    picture = np.full((240, 320, 3), number % 256, np.uint8)  # a game takes its camera's
    (answer,) = await camera.recognize(picture, Task("detect", budget=DETECT_BUDGET))
    counts["detect", answer.timing.rung if answer else answer.disposition] += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", default="127.0.0.1:50051", help="address of a running server")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long to play")
    arguments = parser.parse_args()
    try:
        counts = asyncio.run(play(arguments.target, arguments.seconds))
    except (BridgeError, TimeoutError) as error:
        sys.exit(f"4_game_loop: {error}")
    for (work, how), count in sorted(counts.items()):
        print(f"{work}: {count} by {how}")


if __name__ == "__main__":
    main()
