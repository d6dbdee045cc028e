"""The client of the bare echo: one stream; answers are matched by nonce.

Setting: `bundled`, to send what is asked in one update of the game as one message.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import grpc.aio
from fake_device.play import Ask, Request, main
from fake_device.workload import REQUEST, Setup, flight_of

from bridge.v1 import bridge_pb2, bridge_pb2_grpc, bundle_pb2

_SERVER_SECONDS = 30.0


class Probes:
    """One stream of probes."""

    def __init__(self, stub: bridge_pb2_grpc.BridgeServiceStub, bundled: bool) -> None:
        self._call = stub.Probe()
        self._bundled = bundled
        self._nonces = itertools.count(1)
        self._asked: dict[int, asyncio.Future[bytes]] = {}
        self._outgoing: deque[bridge_pb2.ProbeRequest] = deque()
        self._ready = asyncio.Event()

    async def ask(self, request: Request) -> tuple[int, int]:
        """Send a probe; returns once it is answered. The device was not used."""
        nonce = next(self._nonces)
        heard = self._asked[nonce] = asyncio.get_running_loop().create_future()
        self._outgoing.append(bridge_pb2.ProbeRequest(nonce=nonce, payload=REQUEST))
        if not (self._bundled and request.more):
            self._ready.set()
        try:
            assert flight_of(await heard) == 0
        finally:
            del self._asked[nonce]
        return -1, 0

    async def write(self) -> None:
        """Send what was asked, until cancelled."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            while self._outgoing:
                await self._call.write(self._bundle() if self._bundled else self._outgoing.popleft())

    def _bundle(self) -> bridge_pb2.ProbeRequest:
        if len(self._outgoing) == 1:
            return self._outgoing.popleft()
        parts = [probe.SerializeToString() for probe in self._outgoing]
        self._outgoing.clear()
        return bridge_pb2.ProbeRequest(bundle=bundle_pb2.Bundle(parts=parts))

    async def read(self) -> None:
        """Resolve probes until cancelled."""
        while (message := await self._call.read()) is not grpc.aio.EOF:
            parts = message.bundle.parts
            for answer in map(bridge_pb2.ProbeResponse.FromString, parts) if parts else (message,):
                heard = self._asked.get(answer.nonce)
                if heard is not None and not heard.done():
                    heard.set_result(answer.payload)


@asynccontextmanager
async def connect(address: str, models: Sequence[str]) -> AsyncIterator[Ask]:
    """Connect as configured in the settings."""
    async with grpc.aio.insecure_channel(address) as channel:
        await asyncio.wait_for(channel.channel_ready(), _SERVER_SECONDS)
        probes = Probes(bridge_pb2_grpc.BridgeServiceStub(channel), "bundled" in Setup.of_environment().settings)
        work = [asyncio.create_task(task) for task in (probes.read(), probes.write())]
        try:
            yield probes.ask
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)


if __name__ == "__main__":
    main(connect)
