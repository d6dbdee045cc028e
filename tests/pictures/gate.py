"""Pictures on a server whose decoding waits for a gate.

The gate stands in for decoding: it notes whose picture a worker takes, and keeps the worker until the test lets it
continue, so that nothing depends on how long anything takes.
"""

import gc
import io
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bridge.capabilities.recognition import tasks as sight
from bridge.codecs.images import Decoded
from bridge.config import Limits
from bridge.pictures.picture import Picture
from bridge.v1 import bridge_pb2, media_pb2, timing_pb2
from tests.capabilities.recognition.test_recognition import frame
from tests.codecs.files import png
from tests.serving.client import Client, connected, read
from tests.serving.fakes import Fakes
from tests.serving.server import FakeServer
from tests.waiting import until

MINOR_1 = bridge_pb2.ProtocolVersion(major=1, minor=1)
HELD_SECONDS = 60.0
RELAXED = timing_pb2.Budget(budget_micros=4_000_000)
SHORT = timing_pb2.Budget(budget_micros=300_000)
JPEG, RGB24 = media_pb2.IMAGE_FORMAT_JPEG, media_pb2.IMAGE_FORMAT_RGB24


def png_of(width: int, height: int, **options: Any) -> media_pb2.Image:
    """A PNG of this size as far as its header tells; only a gate decodes it."""
    return media_pb2.Image(format=media_pb2.IMAGE_FORMAT_PNG, data=png(width, height, b"", **options))


def jpeg(picture: Image.Image, **options: Any) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", **options)
    return stream.getvalue()


class Gate:
    """Decoding, as far as order is concerned: notes the width of each picture, and waits for its permit."""

    def __init__(self) -> None:
        self.taken: list[int] = []
        self._permits = threading.Semaphore(0)

    def decode(self, picture: Picture, enough: Any, limits: Limits) -> Decoded:
        self.taken.append(picture.size[0])
        assert self._permits.acquire(timeout=HELD_SECONDS)
        return Decoded(np.zeros((48, 64, 3), np.uint8), *picture.size)

    def let(self, count: int = 1) -> None:
        """So many pictures are done."""
        self._permits.release(count)

    def open(self) -> None:
        """All of them, from now on."""
        self._permits.release(1_000_000)


class Identities:
    """Clients by the order in which they connect: "a", "b", ..."""

    def __init__(self, names: str) -> None:
        self._names, self._seen = names, dict[str, str]()

    def __call__(self, peer: str) -> str:
        return self._seen.setdefault(peer, self._names[min(len(self._seen), len(self._names) - 1)])


@asynccontextmanager
async def gated(
    monkeypatch: pytest.MonkeyPatch, *, workers: int = 1, identities: str = "", **config: Any
) -> AsyncIterator[tuple[FakeServer, Gate]]:
    """A server of so many workers whose decoding stands still."""
    limits = config.pop("limits", Limits(concurrent_decodes=workers))
    monkeypatch.setattr("bridge.streams.backend.os.cpu_count", lambda: workers)
    server, gate = FakeServer(Fakes(), limits=limits, session_grace_seconds=30.0, **config), Gate()
    if identities:
        server.server._identify = Identities(identities)
    await server.start()
    monkeypatch.setattr(sight, "decode", gate.decode)
    try:
        yield server, gate
    finally:
        gate.open()
        await server.server.stop(0.0)


@asynccontextmanager
async def cameras(server: FakeServer, count: int, **handshake: Any) -> AsyncIterator[list[Any]]:
    """Recognition streams, each of a client of its own; `call.client` is theirs."""
    async with AsyncExitStack() as stack:
        calls = []
        for _ in range(count):
            client: Client = await stack.enter_async_context(connected(server.port, **handshake))
            calls.append(await client.open_recognition())
            calls[-1].client = client
        yield calls


async def heard(call: Any) -> None:
    """The server has taken all that was sent on a stream up to here."""
    await call.write(frame(1, slot=-1))
    while (await read(call)).status.slot != -1:
        pass


async def until_taken(gate: Gate, count: int) -> None:
    await until(lambda: len(gate.taken) >= count)


def kept_bytes() -> int:
    """Of all pictures in this process."""
    return sum(len(thing.data) for thing in gc.get_objects() if isinstance(thing, Picture))
