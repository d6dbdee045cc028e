"""Reads a server's stats and models without a session, so it is not counted as a client."""

import asyncio
from types import TracebackType
from typing import Any, Self

import grpc

from bridge.client.link.failures import translating
from bridge.client.link.protocol import protocol
from bridge.v1 import bridge_pb2, bridge_pb2_grpc

_OPTIONS = (("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 1_000))
_SECONDS = 5.0


class Observer:
    """A channel to one server; use it with `async with`. It reconnects by itself."""

    def __init__(self, address: str, *, timeout: float = _SECONDS) -> None:
        self.address = address
        self._timeout = timeout

    async def __aenter__(self) -> Self:
        self._channel: Any = grpc.aio.insecure_channel(self.address, options=_OPTIONS)
        self._stub: Any = bridge_pb2_grpc.BridgeServiceStub(self._channel)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._channel.close()

    async def look(self) -> tuple[bridge_pb2.GetStatsResponse, list[bridge_pb2.Model]]:
        """The current stats and models. ServerUnavailable if no server answers."""
        with translating(self.address):
            stats, models = await asyncio.gather(
                self._stub.GetStats(bridge_pb2.GetStatsRequest(protocol=protocol()), timeout=self._timeout),
                self._stub.ListModels(bridge_pb2.ListModelsRequest(protocol=protocol()), timeout=self._timeout),
            )
        return stats, list(models.models)
