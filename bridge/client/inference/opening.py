"""The one stream of all models of a client, opened by the first that needs it.

It is opened again by the next one after it has failed for good; a connection that is lost is restored by the stream.
"""

import asyncio
import contextlib

from bridge.client.inference.framing import read_response, write_request
from bridge.client.link.connection import Connection
from bridge.client.link.method import Method
from bridge.client.link.received import Received
from bridge.client.link.stream import Hearing, Stream
from bridge.errors import BridgeError, Overloaded, ServerUnavailable, TooLarge, VersionMismatch
from bridge.v1 import inference_pb2
from bridge.wire.bulk import Bulk

_METHOD = "/bridge.v1.InferenceService/Infer"
_SINCE = 3  # the first minor version with inference


class Opening:
    """The stream, which its owner hears."""

    def __init__(self, connection: Connection, hearing: Hearing[Bulk, Received]) -> None:
        self._connection = connection
        self._hearing = hearing
        self._method: Method[Bulk, Received] = Method(
            connection.channel,
            _METHOD,
            write=write_request,
            read=read_response,
            up=inference_pb2.InferRequest,
            down=inference_pb2.InferResponse,
        )
        self._begun: Stream[Bulk, Received] | None = None
        self._open: Stream[Bulk, Received] | None = None  # the same, once it has opened
        self._lock = asyncio.Lock()
        self._failed = self._closed = False

    def check_version(self) -> None:
        """VersionMismatch if the server is too old."""
        protocol = self._connection.handshake.protocol
        if protocol.minor < _SINCE:
            raise VersionMismatch(
                f"the server speaks version {protocol.major}.{protocol.minor} of the contract, and models by name need "
                f"{protocol.major}.{_SINCE}; update the server"
            )

    async def open(self) -> None:
        """Open the stream, unless it is open."""
        if self._open is None or self._failed:
            async with self._lock:
                if self._open is None or self._failed:
                    await self._open_anew()

    async def _open_anew(self) -> None:
        if self._closed:
            raise ServerUnavailable("the client has been closed; use models inside its `async with`")
        self.check_version()
        await self._end()
        begun = self._begun = Stream(self._connection, self._method, self._hearing)
        await begun.__aenter__()
        self._open, self._failed = begun, False

    async def close(self) -> None:
        """End the stream: the client is closed."""
        self._closed = True
        await self._end()

    async def _end(self) -> None:
        begun, self._begun, self._open = self._begun, None, None
        if begun is not None:
            await begun.__aexit__(None, None, None)

    @property
    def connected(self) -> bool:
        """Whether messages are sent right away. ServerUnavailable if the stream has not been opened."""
        return self._opened.connected

    @property
    def _opened(self) -> Stream[Bulk, Received]:
        if self._open is None:
            raise ServerUnavailable("the inference stream is not open; use `async with bridge.model(...) as model:`")
        return self._open

    def send(self, message: Bulk, key: object = None, *, always: bool = False) -> Bulk | None:
        """As `Stream.send`. After an error that ended the stream, `open` opens another."""
        try:
            return self._opened.send(message, len(message.payload), key, always=always)
        except BridgeError as error:
            self._failed = self._failed or not isinstance(error, Overloaded | TooLarge)
            raise

    def tell(self, message: inference_pb2.InferRequest) -> None:
        """Send without waiting for an answer; ignored once the stream has ended."""
        with contextlib.suppress(BridgeError):
            self.send(Bulk(message, b""))

    def release(self, stamp: int) -> None:
        """Free a result in shared memory, together with others whose release has not been sent yet."""
        message = inference_pb2.InferRequest(release=inference_pb2.InferRelease(stamps=[stamp]))
        with contextlib.suppress(BridgeError):
            old = self.send(Bulk(message, b""), "release", always=True)
            if old is not None:
                message.release.stamps.extend(old.message.release.stamps)
