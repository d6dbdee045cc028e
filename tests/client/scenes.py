"""Runs a scene with a client on a fake server."""

import asyncio
from collections.abc import Awaitable, Callable

from bridge.client import BridgeClient
from tests.client.fake import FakeBridge, serving


def play(
    scene: Callable[[BridgeClient, FakeBridge], Awaitable[None]],
    fake: FakeBridge | None = None,
    reconnect: float = 5.0,
) -> FakeBridge:
    """Run a scene with a client on a fake server; nothing may be left behind."""
    fake = fake or FakeBridge()

    async def main() -> None:
        async with serving(fake) as address:
            before = asyncio.all_tasks()
            async with BridgeClient(address, reconnect=reconnect) as bridge:
                await scene(bridge, fake)
            left = [task for task in asyncio.all_tasks() - before if "framebridge" in task.get_name()]
            assert not left

    asyncio.run(asyncio.wait_for(main(), 30))
    return fake
