"""Measures the shortest round trip: one empty slice on the server's device thread. Kept lean to measure little else."""

import asyncio
import contextlib
from types import TracebackType
from typing import Any, Self

import grpc

from bridge.client.answers import call_failed
from bridge.client.link.connection import Connection
from bridge.client.link.failures import translated
from bridge.client.link.method import Method
from bridge.client.link.outbox import Outbox
from bridge.client.link.pending import MAX_PENDING
from bridge.client.link.stream import EOF
from bridge.errors import BridgeError, Overloaded, ServerUnavailable
from bridge.v1 import bridge_pb2

_METHOD = "/bridge.v1.BridgeService/Probe"


class Probe:
    """A stream of probes; those awaited at once go up as one message. Created by `BridgeClient.probe`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._method: Method[bridge_pb2.ProbeRequest, bridge_pb2.ProbeResponse] = Method(
            connection.channel,
            _METHOD,
            write=bridge_pb2.ProbeRequest.SerializeToString,
            read=bridge_pb2.ProbeResponse.FromString,
            up=bridge_pb2.ProbeRequest,
            down=bridge_pb2.ProbeResponse,
        )
        self._outbox = Outbox(self._method.write, 2 * connection.limits.max_message_bytes)
        self._asked: dict[int, asyncio.Future[bridge_pb2.ProbeResponse]] = {}  # by nonce, oldest first
        self._nonce = 0
        self._failure: BridgeError | None = None
        self._work: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._work = asyncio.create_task(self._exchange(self._method.open()), name="framebridge-probe")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._work is not None
        self._work.cancel()
        await asyncio.gather(self._work, return_exceptions=True)
        self._fail(ServerUnavailable("the probe has been closed"))

    async def __call__(self, payload: bytes = b"") -> bridge_pb2.ProbeResponse:
        """Send `payload` and wait for its echo, which carries the server's timing."""
        if self._failure is not None:
            raise self._failure
        if len(self._asked) >= MAX_PENDING:
            raise Overloaded(f"{MAX_PENDING} probes are already waiting for answers; wait for some of them")
        self._nonce += 1
        answer: asyncio.Future[bridge_pb2.ProbeResponse] = asyncio.get_running_loop().create_future()
        self._outbox.put(bridge_pb2.ProbeRequest(nonce=self._nonce, payload=payload), len(payload))
        self._asked[self._nonce] = answer
        return await answer

    async def _exchange(self, call: Any) -> None:
        """Write and read until the call ends; what still waits then gets the reason."""
        writer = asyncio.create_task(self._write(call), name="framebridge-probe-writer")
        try:
            while (data := await call.read()) is not EOF:
                for answer in self._method.read(data):
                    self._hear(answer)
            self._fail(ServerUnavailable("the server has closed the probe"))
        except grpc.aio.AioRpcError as error:
            self._fail(translated(error, self._connection.address))
        except BridgeError as error:
            self._fail(error)
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            call.cancel()

    async def _write(self, call: Any) -> None:
        """Write probes to the call. If it ends, the reader gets the reason."""
        joiner = self._method.joiner if self._connection.bundles else None
        with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            while True:
                await call.write(await self._outbox.get(joiner))

    def _hear(self, answer: bridge_pb2.ProbeResponse) -> None:
        """Answer the probe of this nonce. A part that the server could not read has none; it comes after the answers to
        the others of its bundle, so it is the oldest that still waits.
        """
        asked = self._asked.pop(answer.nonce or next(iter(self._asked), 0), None)
        if asked is None or asked.done():
            return
        if answer.HasField("error"):
            asked.set_exception(call_failed(answer.error))
        else:
            asked.set_result(answer)

    def _fail(self, failure: BridgeError) -> None:
        self._failure = self._failure or failure
        asked, self._asked = self._asked, {}
        for waiting in asked.values():
            if not waiting.done():
                waiting.set_exception(self._failure)
