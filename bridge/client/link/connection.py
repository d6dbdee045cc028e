"""The connection to one server: channel, session handshake, and reconnection.

Knows nothing of avatars, dialogue or cameras.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import grpc

from bridge import __version__
from bridge.client.answers import MICROS
from bridge.client.link.backoff import Backoff
from bridge.client.link.failures import translated, translating
from bridge.client.link.protocol import MAJOR, protocol
from bridge.client.link.shared import SharedMemory
from bridge.errors import BridgeError, ServerUnavailable, VersionMismatch
from bridge.v1 import bridge_pb2, bridge_pb2_grpc

CLIENT_NAME = "framebridge-python"
MAX_RECEIVE_BYTES = 64 * 1024 * 1024

_PINGS = 5  # at the start; the first one finds both sides cold
_PING_SECONDS = 0.05  # after this, two are enough

_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_RECEIVE_BYTES),
    ("grpc.max_send_message_length", -1),  # checked against the server's own limit before sending
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.use_local_subchannel_pool", 1),  # one connection per client, also within a process
)


class Connection:
    """A channel with a session. Belongs to the event loop that created it."""

    def __init__(
        self,
        address: str,
        *,
        timeout: float,
        reconnect: float,
        formats: Sequence[Any],
        row_order: Any,
        shared_memory: bool = True,
        bundles: bool = True,
        name: str = CLIENT_NAME,
    ) -> None:
        self.address = address
        self.timeout = timeout
        self._backoff = Backoff(reconnect)
        self.channel: Any = grpc.aio.insecure_channel(address, options=_OPTIONS)
        self.stub: Any = bridge_pb2_grpc.BridgeServiceStub(self.channel)
        self.handshake = bridge_pb2.HandshakeResponse()
        self.generation = 0
        self.link = 0.0
        self.closing = False
        self._formats = formats
        self._row_order = row_order
        self._wants_shared = shared_memory
        self._wants_bundles = bundles
        self._name = name
        self.shared: SharedMemory | None = None
        self._restoring = asyncio.Lock()
        self.last_index = 0

    @property
    def session_id(self) -> str:
        return self.handshake.session_id

    @property
    def bundles(self) -> bool:
        """Whether several messages of a stream may be sent as one. Each handshake decides anew."""
        return self._wants_bundles and self.handshake.bundles

    @property
    def limits(self) -> bridge_pb2.Limits:
        return self.handshake.limits

    def next_index(self, at_least: int = 0) -> int:
        """The next frame index or turn id, above all others of this session and above `at_least`."""
        self.last_index = max(self.last_index, at_least) + 1
        return self.last_index

    async def open(self) -> None:
        """Shake hands and measure the link. Raises ServerUnavailable or VersionMismatch."""
        with translating(self.address):
            await self._shake()
            began = time.perf_counter()
            self.link = await self.ping()
            for number in range(1, _PINGS):
                if number > 1 and time.perf_counter() - began > _PING_SECONDS:
                    break
                self.link = min(self.link, await self.ping())

    async def ping(self) -> float:
        """The round trip to the server's event loop in seconds, without the server's own time."""
        began = time.perf_counter()
        pong = await self.stub.Ping(bridge_pb2.PingRequest(nonce=1), timeout=self.timeout)
        return max(0.0, time.perf_counter() - began - float(pong.server_micros) / MICROS)

    async def restore(self, generation: int, lost: BridgeError) -> None:
        """Reconnect after the connection of `generation` was lost with the error `lost`; one caller does it for all
        streams. Raises the error if the server does not serve steadily again within `reconnect` seconds.
        """
        async with self._restoring:
            if generation == self.generation:
                self._share(None)
                self._backoff.lost(time.perf_counter())
            while generation == self.generation and not self.closing:
                pause = self._backoff.next(time.perf_counter())
                if pause is None:
                    raise lost
                await asyncio.sleep(pause)
                try:
                    await self._shake()
                except grpc.aio.AioRpcError as error:
                    lost = translated(error, self.address)
                    if not isinstance(lost, ServerUnavailable):
                        raise lost from None

    async def close(self) -> None:
        """End the session and close the channel. Not an error if the server has gone."""
        self.closing = True
        self._share(None)
        try:
            if self.session_id:
                request = bridge_pb2.EndSessionRequest(session_id=self.session_id)
                await self.stub.EndSession(request, timeout=min(1.0, self.timeout))
        except grpc.aio.AioRpcError:
            pass
        finally:
            await self.channel.close()

    async def _shake(self) -> None:
        request = bridge_pb2.HandshakeRequest(
            protocol=protocol(),
            client_name=self._name,
            client_version=__version__,
            texture_formats=self._formats,
            texture_row_order=self._row_order,
            resume_session_id=self.session_id,
            wants_shared_memory=self._wants_shared,
            wants_bundles=self._wants_bundles,
        )
        answer = await self.stub.Handshake(request, timeout=self.timeout, wait_for_ready=True)
        if answer.protocol.major != MAJOR:
            raise VersionMismatch(
                f"the server speaks version {answer.protocol.major} of the contract and this client version "
                f"{MAJOR}; install the framebridge release of the server"
            )
        self.handshake = answer
        self._share(SharedMemory.attach(answer.shared_memory) if answer.HasField("shared_memory") else None)
        self.generation += 1
        self._backoff.connected(time.perf_counter())

    def _share(self, memory: SharedMemory | None) -> None:
        """Replace the shared memory of the last handshake."""
        if self.shared is not None:
            self.shared.release()
        self.shared = memory
