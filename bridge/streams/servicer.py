"""Hooks that a server calls on a capability's servicer: warm-up, statistics, shutdown."""

from bridge.streams.backend import Backend
from bridge.v1 import bridge_pb2


class Servicer:
    """Base class of all servicers; every hook is optional."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def warm_up(self) -> None:
        """Warm up once the models are loaded, so that the first request is not slow."""

    def report(self, stats: bridge_pb2.GetStatsResponse) -> None:
        """Add this capability's own counters."""

    def stop(self) -> None:
        """Start no more background work: the server is stopping."""

    async def close(self) -> None:
        """End threads, timers and connections: all streams have ended."""
