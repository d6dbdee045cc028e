"""A background client, from the address 127.0.0.2, at nice 19:
`python background.py KIND greedy|honest|warm ADDRESS SECONDS BYTES_PER_SECOND`.

A greedy client sends as much as it can, in several sessions. An honest one makes requests of the same kind one after
the other, reads everything and stays below BYTES_PER_SECOND. A warm one gives every worker of the server something to
do. Prints `playing` once started, then how many bytes it has sent.
"""

import asyncio
import io
import os
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Any

import grpc
import numpy as np
from PIL import Image

from bridge.client import BridgeClient, Sampling, Task
from bridge.device.loop import run
from bridge.errors import BridgeError
from bridge.v1 import bridge_pb2, bridge_pb2_grpc, timing_pb2
from tests.serving.bundles import AGREED, bundle, parts_of
from tests.serving.client import EOF, A, Client, acknowledge, ask, look

FROM = "127.0.0.2"
_SESSIONS = 3
_PICTURE_SIDE = 1024
_PROBE_BYTES = 4 << 20
_DEAF = (("grpc.http2.lookahead_bytes", 0), ("grpc.http2.bdp_probe", 0))
_REPORT_SECONDS = 0.5
_BAD_PARTS = A.StreamAvatarRequest(bundle={"parts": [b""] * 64})
_NEVER = (grpc.aio.AioRpcError, BridgeError, asyncio.InvalidStateError)


class Relay:
    """A TCP relay with another source address, which gRPC's client cannot set. Counts the bytes sent to the server."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._tasks: set[asyncio.Task[None]] = set()
        self.bytes = 0

    async def start(self) -> int:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port, local_addr=(FROM, 0))
        await asyncio.gather(self._pass(reader, back, count=True), self._pass(there, writer, count=False))

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, count: bool) -> None:
        with suppress(ConnectionError):
            while data := await source.read(1 << 18):
                self.bytes += len(data) * count
                target.write(data)
                await target.drain()
        target.close()


class Answered:
    """Reads a call, and counts its answers."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self._more = asyncio.Event()
        self._answers = 0

    async def count(self) -> None:
        with suppress(*_NEVER):
            while (message := await self._call.read()) is not EOF:
                self._answers += len(parts_of(message))
                self._more.set()

    async def until(self, count: int) -> None:
        """Wait for so many answers."""
        while self._answers < count:
            self._more.clear()
            await self._more.wait()


class Background:
    """The client; each method is a kind and a manner. `rate` limits an honest one, in bytes per second."""

    def __init__(self, port: int, relay: Relay, rate: float) -> None:
        self._port = port
        self._relay = relay
        self._rate = rate
        self._began = time.monotonic()

    async def within_rate(self) -> None:
        """Wait until the bytes sent are within the rate."""
        ahead = self._relay.bytes / self._rate - (time.monotonic() - self._began)
        await asyncio.sleep(max(0.0, ahead))

    async def _each(self, play: Callable[[BridgeClient], Awaitable[None]]) -> None:
        async with AsyncExitStack() as stack:
            address = f"127.0.0.1:{self._port}"
            clients = [
                await stack.enter_async_context(BridgeClient(address, name=f"background {number}", timeout=20.0))
                for number in range(_SESSIONS)
            ]
            await asyncio.gather(*(play(client) for client in clients))

    # -- pictures ------------------------------------------------------------------------------------------------------

    async def pictures_greedy(self) -> None:
        """Sixteen cameras per session, each sending large pictures without pause."""

        async def play(bridge: BridgeClient) -> None:
            async with bridge.camera() as camera:
                await _for_ever(
                    *(lambda slot=slot: camera.detect(_PICTURE, budget=1.0, slot=slot) for slot in range(16))
                )

        await self._each(play)

    async def pictures_warm(self) -> None:
        """Enough cameras to use every worker; each waits for its answer."""

        async def play(bridge: BridgeClient) -> None:
            async with bridge.camera() as camera:
                await _for_ever(
                    *(lambda slot=slot: camera.detect(_PICTURE, budget=1.0, slot=slot) for slot in range(6))
                )

        await self._each(play)

    async def pictures_honest(self) -> None:
        """Raw pictures: as many bytes, but the device time of three cameras only."""

        async def play(bridge: BridgeClient) -> None:
            async with bridge.camera() as camera:
                while True:
                    await self.within_rate()
                    with suppress(*_NEVER):
                        await camera.recognize(_RAW, Task("detect", 1.0))

        await self._each(play)

    # -- talk ----------------------------------------------------------------------------------------------------------

    async def talk_greedy(self) -> None:
        """Sixteen conversations per session with long prompts and long replies."""
        await self._each(lambda bridge: self._talk(bridge, 16, 2000, 256))

    async def talk_warm(self) -> None:
        """Enough conversations to use every worker."""
        await self._each(lambda bridge: self._talk(bridge, 6, 200, 16))

    async def talk_honest(self) -> None:
        await self._each(lambda bridge: self._talk(bridge, 1, 200, 48))

    async def _talk(self, bridge: BridgeClient, conversations: int, letters: int, tokens: int) -> None:
        async with bridge.dialogue() as dialogue:

            async def turn(name: str) -> None:
                await self.within_rate()
                text = ("Tell me of the mill and the river. " * 100)[:letters]
                await dialogue.say(name, text, sampling=Sampling(max_tokens=tokens)).reply()
                dialogue.forget(name)

            await _for_ever(*(lambda name=f"c{number}": turn(name) for number in range(conversations)))

    # -- handshakes ----------------------------------------------------------------------------------------------------

    async def handshakes_greedy(self) -> None:
        """Sessions with shared memory that are never used and never ended."""
        await self._shake(16, ending=False)

    async def handshakes_warm(self) -> None:
        """As many at a time, but each session is ended."""
        await self._shake(16, ending=True)

    async def handshakes_honest(self) -> None:
        await self._shake(1, ending=True)

    async def _shake(self, count: int, *, ending: bool) -> None:
        channel: Any = grpc.aio.insecure_channel(f"127.0.0.1:{self._port}")
        stub: Any = bridge_pb2_grpc.BridgeServiceStub(channel)
        protocol = bridge_pb2.ProtocolVersion(major=1, minor=1)

        async def once() -> None:
            await self.within_rate()
            hello = bridge_pb2.HandshakeRequest(protocol=protocol, client_name="flood", wants_shared_memory=True)
            answer = await stub.Handshake(hello)
            if ending:
                await stub.EndSession(bridge_pb2.EndSessionRequest(session_id=answer.session_id))

        await _for_ever(*[once] * count)

    # -- unread answers ------------------------------------------------------------------------------------------------

    async def unread_greedy(self) -> None:
        """Frames of many avatars and echoes of large probes, all unread."""
        await _for_ever(*[self._deaf_frames] * _SESSIONS, *[self._deaf_probe] * 16)

    async def _deaf_frames(self) -> None:
        client = Client(self._port, *_DEAF)
        try:
            await client.handshake()
            call = client.avatars()
            await call.write(A.StreamAvatarRequest(open=A.AvatarOpen(session_id=client.session)))
            for slot in range(32):
                await call.write(look(slot, seed=slot))
                budget = timing_pb2.Budget(budget_micros=2_000_000)
                wish = A.AvatarSubscribe(slot=slot, frames_per_second=60, budget=budget)
                await call.write(A.StreamAvatarRequest(subscribe=wish))
            index = 0
            while not call.done():
                index += 2
                for slot in range(32):
                    await call.write(acknowledge(index, slot))
                await asyncio.sleep(1 / 30)
        finally:
            await client.channel.close()

    async def _deaf_probe(self) -> None:
        client = Client(self._port, *_DEAF)
        try:
            call = client.bridge.Probe()
            await call.write(bridge_pb2.ProbeRequest(payload=bytes(_PROBE_BYTES)))
            with suppress(TimeoutError):
                async with asyncio.timeout(2.0):
                    await call.code()
            await asyncio.sleep(0.1)
        finally:
            await client.channel.close()

    async def unread_warm(self) -> None:
        """As many avatars and as large probes, all read."""
        await self._each(lambda bridge: self._watched(bridge, 32, _PROBE_BYTES))

    async def unread_honest(self) -> None:
        await self._each(lambda bridge: self._watched(bridge, 4, _PROBE_BYTES // 8))

    async def _watched(self, bridge: BridgeClient, slots: int, size: int) -> None:
        async with bridge.avatars() as avatars, bridge.probe() as probe:
            for slot in range(slots):
                avatars.set_look(slot, seed=slot)

            async def watch(slot: int) -> None:
                async for _ in avatars.subscribe(slot, fps=30.0, budget=2.0):
                    pass

            async def ask() -> None:
                await self.within_rate()
                await probe(bytes(size))

            await _for_ever(ask, *(lambda slot=slot: watch(slot) for slot in range(slots)))

    # -- bundles -------------------------------------------------------------------------------------------------------

    async def bundles_greedy(self) -> None:
        """Bundles of 64 frames and bundles of 64 bad parts on every stream, without pause; all answers are read."""
        await _for_ever(*[lambda: self._bundled(64, waits=False)] * 4 * _SESSIONS)

    async def bundles_warm(self) -> None:
        """As many, each sent once the answers to the one before have come."""
        await _for_ever(*[lambda: self._bundled(64, waits=True)] * 4 * _SESSIONS)

    async def bundles_honest(self) -> None:
        await _for_ever(*[lambda: self._bundled(4, waits=True)] * _SESSIONS)

    async def _bundled(self, slots: int, *, waits: bool) -> None:
        client = Client(self._port)
        try:
            await client.handshake(**AGREED)
            call = await client.open_avatars()
            await call.write(bundle(*(look(slot, seed=slot) for slot in range(slots))))
            answered = Answered(call)
            counting = asyncio.create_task(answered.count())
            index = 0
            while not call.done():
                index += 1
                await self.within_rate()
                await call.write(bundle(*(ask(index, slot, received=index - 1) for slot in range(slots))))
                if waits:
                    await answered.until(index * slots)
                else:
                    await call.write(_BAD_PARTS)
                    await asyncio.sleep(0)
            await counting
        finally:
            await client.channel.close()


async def _for_ever(*plays: Callable[[], Awaitable[Any]]) -> None:
    """Repeat each of them concurrently, ignoring failures."""

    async def again(play: Callable[[], Awaitable[Any]]) -> None:
        while True:
            with suppress(*_NEVER):
                await play()
            await asyncio.sleep(0)

    await asyncio.gather(*(again(play) for play in plays))


def _picture() -> bytes:
    """A large JPEG: noise does not compress."""
    noise = np.random.default_rng(1).integers(0, 256, (_PICTURE_SIDE, _PICTURE_SIDE, 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, "JPEG", quality=60)
    return stream.getvalue()


_PICTURE = _picture()
_RAW = np.zeros((1536, 2048, 3), np.uint8)


async def main(kind: str, manner: str, address: str, seconds: float, rate: float) -> None:
    """Play for `seconds`, and print how much was sent."""
    relay = Relay(int(address.rpartition(":")[2]))
    background = Background(await relay.start(), relay, rate)
    play: Coroutine[Any, Any, None] = getattr(background, f"{kind}_{manner}")()
    print("playing", flush=True)
    reporting = asyncio.create_task(_report(relay))
    with suppress(TimeoutError):
        await asyncio.wait_for(play, seconds)
    reporting.cancel()


async def _report(relay: Relay) -> None:
    """Print the bytes sent regularly, since this process is killed."""
    while True:
        await asyncio.sleep(_REPORT_SECONDS)
        print(relay.bytes, flush=True)


if __name__ == "__main__":
    os.nice(19)
    run(main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]), float(sys.argv[5])))
