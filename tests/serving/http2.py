"""HTTP/2 by hand, for what no gRPC client does: answers that are not taken, frames out of order, floods of them.

Sources: RFC 9113 (frames), RFC 7541 (literal header fields), gRPC over HTTP2.
"""

import asyncio
import struct
from collections.abc import Iterable
from types import TracebackType
from typing import Self

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS = 1, 1, 4
INITIAL_WINDOW = 4  # of the settings
_LARGEST_FRAME = 16384


def frame(kind: int, payload: bytes = b"", *, stream: int = 0, flags: int = 0) -> bytes:
    """One frame, whatever it says."""
    return struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) + struct.pack(">I", stream) + payload


def settings(**values: int) -> bytes:
    """A settings frame; `window` is how much of an answer a stream takes unasked."""
    return frame(SETTINGS, struct.pack(">HI", INITIAL_WINDOW, values["window"]) if "window" in values else b"")


def fields(headers: Iterable[tuple[str, str]]) -> bytes:
    """Header fields, each a literal that no table remembers."""
    return b"".join(
        b"\0" + bytes((len(name),)) + name.encode() + bytes((len(value),)) + value.encode() for name, value in headers
    )


def request(method: str) -> bytes:
    """The header fields of a gRPC call."""
    return fields(
        (
            (":method", "POST"),
            (":scheme", "http"),
            (":path", method),
            (":authority", "localhost"),
            ("content-type", "application/grpc"),
            ("te", "trailers"),
        )
    )


def message(data: bytes) -> bytes:
    """A gRPC message."""
    return b"\0" + struct.pack(">I", len(data)) + data


class Connection:
    """One connection, from the address `local`. What comes is read and dropped, so that TCP itself never stops."""

    def __init__(self, port: int, *, local: str = "127.0.0.1", window: int = 65535) -> None:
        self._port = port
        self._local = local
        self._window = window
        self._next = 1
        self.received = bytearray()

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, local_addr=(self._local, 0))
        self.send(PREFACE + settings(window=self._window) + frame(SETTINGS, flags=ACK))
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reading.cancel()
        self._writer.transport.abort()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        try:
            while data := await self._reader.read(1 << 16):
                self.received += data
        except ConnectionError:
            pass

    @property
    def closed(self) -> bool:
        """Whether the other side has hung up."""
        return self._reading.done()

    def send(self, data: bytes) -> None:
        """Write bytes, whatever they are."""
        self._writer.write(data)

    async def drain(self) -> None:
        """Wait until the bytes are on their way; the other side may have hung up."""
        try:
            await self._writer.drain()
        except ConnectionError:
            self._reading.cancel()

    def open(self, method: str, *, end: bool = False) -> int:
        """Begin a call; returns its stream."""
        stream, self._next = self._next, self._next + 2
        self.send(frame(HEADERS, request(method), stream=stream, flags=END_HEADERS | end))
        return stream

    def write(self, stream: int, data: bytes, *, end: bool = False) -> None:
        """Send a message on a stream, as far as one window goes."""
        rest = message(data)
        while len(rest) > _LARGEST_FRAME:
            self.send(frame(DATA, rest[:_LARGEST_FRAME], stream=stream))
            rest = rest[_LARGEST_FRAME:]
        self.send(frame(DATA, rest, stream=stream, flags=END_STREAM if end else 0))

    def call(self, method: str, data: bytes = b"") -> int:
        """A unary call."""
        stream = self.open(method)
        self.write(stream, data, end=True)
        return stream
