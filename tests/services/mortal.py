"""Processes that tests kill: `python -m tests.services.mortal server PORT GRACE`, which prints its port once it serves,
and `python -m tests.services.mortal client PORT POINT`, which plays until POINT, prints it and stays there.
"""

import asyncio
import sys

from bridge.client import BridgeClient, Frame

POINTS = ("shaken", "attached", "answered", "streaming")


async def serve(port: int, grace: float) -> None:
    """Serve the fake models for ever."""
    from tests.services.conftest import serving  # brings torch, which a client does without

    async with serving(port=port, session_grace_seconds=grace) as server:
        print(server.port, flush=True)
        await asyncio.Event().wait()


async def play(port: int, point: str) -> None:
    """Go as far as a point and stay there."""
    async with BridgeClient(f"127.0.0.1:{port}") as bridge:
        await _reach(point, "shaken")
        async with bridge.avatars() as avatars:
            await _reach(point, "attached")
            avatars.set_look(0, seed=1)
            frame = await avatars.frame(0, budget=10.0)  # which nothing acknowledges yet
            assert isinstance(frame, Frame), frame
            await _reach(point, "answered")
            async for _ in avatars.subscribe(0, fps=120.0, budget=10.0):
                if point == "streaming":
                    print(point, flush=True)
                    point = ""  # and goes on


async def _reach(point: str, here: str) -> None:
    if point == here:
        print(point, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["server", port, grace]:
            asyncio.run(serve(int(port), float(grace)))
        case ["client", port, point] if point in POINTS:
            asyncio.run(play(int(port), point))
        case _:
            sys.exit(__doc__)
