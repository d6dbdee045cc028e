"""A server with quick models, shared by the wire tests; each test has its own clients."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bridge.config import Config
from bridge.device.own_models import OwnModel
from bridge.server import Server
from tests.serving.fakes import Fakes

MODELS = ("avatar", "classifier", "detector", "dialogue")


class FakeServer:
    """A running server and its models."""

    def __init__(self, fakes: Fakes | None = None, own: Sequence[OwnModel] = (), **config: Any) -> None:
        config = {"port": 0, "models": MODELS, "dialogue_slots": 2, "session_grace_seconds": 0.2, **config}
        self.fakes = fakes or Fakes()
        self.server = Server(Config(**config), models=(*self.fakes.models, *own))
        self.port = 0

    async def start(self) -> None:
        self.port = await self.server.start()
        await self.server.ready

    @property
    def backend(self) -> Any:
        return self.server.backend

    @property
    def dialogue(self) -> Any:
        """State shared by all its conversations."""
        return self.server.servicers["dialogue"].state


@asynccontextmanager
async def serving(fakes: Fakes | None = None, own: Sequence[OwnModel] = (), **config: Any) -> AsyncIterator[FakeServer]:
    """A server of one test's own."""
    server = FakeServer(fakes, own, **config)
    await server.start()
    try:
        yield server
    finally:
        await server.server.stop(0.0)
