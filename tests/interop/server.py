"""A server with models that take tensors."""

from typing import Any

from bridge.config import Config, Limits
from bridge.server import Server
from tests.interop.models import Gate, all_models

NAMES = ("formats", "gate", "logarithm", "mood", "painter")
_LIMITS = Limits()


class OwnServer:
    """A running server with models that take tensors."""

    def __init__(self, limits: Limits = _LIMITS) -> None:
        self.gate = Gate()
        self.server = Server(Config(port=0, models=NAMES, limits=limits), models=all_models(self.gate))
        self.port = 0

    async def start(self) -> None:
        self.port = await self.server.start()
        await self.server.ready

    @property
    def backend(self) -> Any:
        return self.server.backend
