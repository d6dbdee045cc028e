"""One event loop in a thread for all tests that talk to servers, and the server with the real models."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile(
    "framebridge", deadline=None
)  # how long a case takes says more of the machine than of the code
settings.load_profile("framebridge")

Run = Callable[[Coroutine[Any, Any, Any]], Any]
_LONGEST_SECONDS = 120.0


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    """Runs a coroutine to its end on the one loop that servers and clients share."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="tests-loop", daemon=True)
    thread.start()
    yield lambda coroutine: asyncio.run_coroutine_threadsafe(coroutine, loop).result(_LONGEST_SECONDS)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(scope="session")
def server(run: Run) -> Iterator[Any]:
    """A `bridge.server.Server` with all embedded models on a free port; `server.port` tells which."""
    from bridge.config import Config
    from bridge.server import Server

    server = Server(Config(port=0, dialogue_slots=4))

    async def start() -> None:
        await server.start()
        await server.ready

    run(start())
    yield server
    run(server.stop(0.0))
