"""How many Python calls an answer costs the client, of its own and of the wire's code, when a game with eight avatars
asks for all of them in each frame. Unlike a time it is the same on every machine, so that there is a bound.
"""

import asyncio
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import bridge
from bridge.client import BridgeClient
from tests.conftest import Run
from tests.serving.server import FakeServer

OURS = str(Path(bridge.__file__).parent / "client")
AVATARS, FRAMES = 8, 40
BOUND = 29  # 39 before bundles


def test_an_answer_takes_so_many_calls_of_the_client(run: Run, fake: FakeServer) -> None:
    count = 0

    def counted(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event == "call" and frame.f_code.co_filename.startswith(OURS)

    async def scene() -> None:
        async with BridgeClient(f"127.0.0.1:{fake.port}") as client, client.avatars() as avatars:
            for slot in range(AVATARS):
                avatars.set_look(slot, seed=slot)

            async def frame() -> None:
                answers: list[Any] = [avatars.request(slot, budget=30.0) for slot in range(AVATARS)]
                assert all(await asyncio.gather(*answers))

            await frame()
            sys.setprofile(counted)
            try:
                for _ in range(FRAMES):
                    await frame()
            finally:
                sys.setprofile(None)

    run(scene())
    calls = count / (AVATARS * FRAMES)
    print(f"{calls:.1f} calls")
    assert calls <= BOUND
