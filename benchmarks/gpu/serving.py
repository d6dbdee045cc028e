"""Servers for the stages: as users start them, or in this process."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace

from harness.process import server

from bridge.capabilities import CAPABILITIES
from bridge.config import Config
from bridge.device.catalog import entries
from bridge.server import Server
from gpu.stage import Settings
from models.program import Program


@contextmanager
def process(settings: Settings, models: str) -> Iterator[str]:
    """`framebridge serve` with these models; yields its address."""
    arguments = ("-m", "bridge.cli", "serve", "--port", "0", "--device", settings.device, "--models", models)
    with server(*arguments) as (address, _):
        yield address


@asynccontextmanager
async def here(
    config: Config, models: Sequence[str], load: Callable[..., Program] | None = None
) -> AsyncIterator[tuple[Server, int]]:
    """A server in this process, and its port, once `models` are ready. `load` replaces the detector's."""
    others = [] if load is None else [replace(entries(CAPABILITIES)["detector"].model, load=load)]
    started = Server(replace(config, port=0, models=tuple(models)), models=others)
    port = await started.start()
    try:
        await started.ready
        yield started, port
    finally:
        await started.stop(0.0)
