"""What a capability's servicer may do for its server besides the methods of its contract."""

from bridge.streams.backend import Backend
from bridge.v1 import bridge_pb2


class Servicer:
    """Serves one capability. All of this is optional."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def rehearse(self) -> None:
        """Pay for what the first request would cost, once the models are loaded."""

    def report(self, stats: bridge_pb2.GetStatsResponse) -> None:
        """Fill in the counts that only this capability knows."""

    def stop(self) -> None:
        """The server stops: begin nothing that no client waits for."""

    def close(self) -> None:
        """All streams are over: end threads and timers."""
