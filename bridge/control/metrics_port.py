"""The HTTP port that Prometheus scrapes: GET /metrics and nothing else.

The event loop does the I/O. The text is formatted on a worker thread, one scrape at a time, so that scrapes never delay
a frame.
"""

import asyncio
import contextlib
from collections.abc import Iterable

from bridge.control.metrics import read, text
from bridge.errors import ConfigError
from bridge.streams.backend import Backend
from bridge.streams.servicer import Servicer

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LONGEST_HEAD = 8 * 1024
_MOST_CONNECTIONS = 16
_SECONDS = 5.0  # timeout for a scraper's request and response together


class MetricsPort:
    """The metrics port. Belongs to the event loop."""

    def __init__(self, backend: Backend, servicers: Iterable[Servicer]) -> None:
        self._backend = backend
        self._servicers = servicers
        self._writers: set[asyncio.StreamWriter] = set()
        self._reading = asyncio.Lock()
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> int:
        """Start listening; returns the port. ConfigError if it is taken."""
        try:
            self._server = await asyncio.start_server(self._serve, host, port, limit=_LONGEST_HEAD)
        except OSError as error:
            raise ConfigError(
                f"{host}:{port} cannot be used for metrics: {error.strerror or error}; choose another --metrics-port, "
                "or 0 for any"
            ) from error
        number: int = self._server.sockets[0].getsockname()[1]
        return number

    def close(self) -> None:
        """Stop listening and close all connections."""
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._writers) >= _MOST_CONNECTIONS:
            writer.transport.abort()
            return
        self._writers.add(writer)
        try:
            with contextlib.suppress(TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
                async with asyncio.timeout(_SECONDS):
                    writer.write(await self._answer(await reader.readuntil(b"\r\n\r\n")))
                    await writer.drain()
                    writer.close()
                    await writer.wait_closed()
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _answer(self, head: bytes) -> bytes:
        method, _, rest = head.partition(b" ")
        path = rest.partition(b" ")[0].partition(b"?")[0]
        if (method, path) != (b"GET", b"/metrics"):
            return _response("404 Not Found", "text/plain; charset=utf-8", b"there is only GET /metrics here\n")
        async with self._reading:
            return _response(
                "200 OK", _CONTENT_TYPE, await asyncio.to_thread(text, read(self._backend, self._servicers))
            )


def _response(status: str, kind: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
