"""A server with quick models, shared by the wire tests; each test has its own clients."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bridge.config import Config
from bridge.server import Server
from tests.conftest import Run
from tests.services.fakes import Fakes

MODELS = ("avatar", "classifier", "detector", "dialogue")


class FakeServer:
    """A running server and its models."""

    def __init__(self, fakes: Fakes, **config: Any) -> None:
        config = {"port": 0, "models": MODELS, "dialogue_slots": 2, "session_grace_seconds": 0.2, **config}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bridge.roster.CATALOG", fakes.catalog())
            self.server = Server(Config(**config))
        self.fakes = fakes
        self.port = 0

    async def start(self) -> None:
        self.port = await self.server.start()
        await self.server.ready

    @property
    def backend(self) -> Any:
        return self.server.backend


@asynccontextmanager
async def serving(fakes: Fakes | None = None, **config: Any) -> AsyncIterator[FakeServer]:
    """A server of one test's own."""
    server = FakeServer(fakes or Fakes(), **config)
    await server.start()
    try:
        yield server
    finally:
        await server.server.stop(0.0)


@pytest.fixture(scope="session")
def fake(run: Run) -> Iterator[FakeServer]:
    server = FakeServer(Fakes())
    run(server.start())
    yield server
    run(server.server.stop(0.0))
