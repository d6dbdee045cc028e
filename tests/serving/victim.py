"""A process to be killed: `python -m tests.serving.victim server`, or `client PORT POINT`. Says when it is there."""

import asyncio
import sys

from bridge.client import BridgeClient
from tests.serving.client import Client
from tests.serving.fakes import FakeAvatar, Fakes
from tests.serving.server import FakeServer

SIDE = 128
GENEROUS = 30.0


async def serve() -> None:
    server = FakeServer(Fakes(avatar=FakeAvatar(SIDE)), models=("avatar",))
    await server.start()
    await there(server.port)


async def play(port: int, point: str) -> None:
    if point == "handshake":
        await Client(port).handshake(wants_shared_memory=True)
        await there()
    async with BridgeClient(f"127.0.0.1:{port}") as bridge:
        assert bridge.shares_memory
        if point == "mapped":
            await there()
        async with bridge.avatars() as avatars:
            avatars.set_look(0, seed=1)
            if point == "unacknowledged":
                assert await avatars.frame(0, budget=GENEROUS)
                await there()
            avatars.set_look(1, seed=2)
            count = 0
            async for _ in avatars.subscribe(1, fps=120.0, budget=GENEROUS):
                avatars.request(0, budget=GENEROUS)
                count += 1
                if count == 5:
                    print("there", flush=True)


async def there(*words: object) -> None:
    """Say so, and stay."""
    print("there", *words, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve() if sys.argv[1] == "server" else play(int(sys.argv[2]), sys.argv[3]))
