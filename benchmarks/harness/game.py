"""Plays the demo's game against a running server, as load for another benchmark: `python game.py ADDRESS SECONDS`."""

import asyncio
import sys

from bridge.client import BridgeClient
from bridge.tools.demo.options import Options
from bridge.tools.demo.play import new_game


async def main(address: str, seconds: float) -> None:
    """Play, and print how many avatar frames were received."""
    game = new_game(Options(seconds=seconds))
    async with BridgeClient(address) as bridge:
        print("playing", flush=True)
        await game.run(bridge)
    print(f"{len(game.frames)} avatar frames received")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
