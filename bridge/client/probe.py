"""Measures the shortest round trip: one empty slice on the server's device thread. Kept lean to measure little else."""

from types import TracebackType
from typing import Any, Self

import grpc

from bridge.client.link.connection import Connection
from bridge.client.link.failures import translated
from bridge.client.link.stream import EOF
from bridge.errors import ServerUnavailable
from bridge.v1 import bridge_pb2


class Probe:
    """A stream of probes, one at a time. Created by `BridgeClient.probe`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._call: Any = None
        self._nonce = 0

    async def __aenter__(self) -> Self:
        self._call = self._connection.stub.Probe()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._call.cancel()

    async def __call__(self, payload: bytes = b"") -> bridge_pb2.ProbeResponse:
        """Send `payload` and wait for its echo, which carries the server's timing."""
        self._nonce += 1
        try:
            await self._call.write(bridge_pb2.ProbeRequest(nonce=self._nonce, payload=payload))
            answer: Any = await self._call.read()
        except grpc.aio.AioRpcError as error:
            raise translated(error, self._connection.address) from None
        if answer is EOF:
            raise ServerUnavailable("the server has closed the probe")
        return answer  # type: ignore[no-any-return]
