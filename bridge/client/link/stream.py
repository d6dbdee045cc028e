"""One bidirectional stream: sends from its outbox, dispatches what it receives, and reconnects by itself.

What is sent within one turn of the event loop goes up as one message if the server reads bundles. Does not interpret
messages; its owner does, through `Hearing`.
"""

import asyncio
import contextlib
from collections.abc import Hashable
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

import grpc

from bridge.client.link.connection import Connection
from bridge.client.link.failures import is_lost, translated
from bridge.client.link.method import Method
from bridge.client.link.outbox import Outbox
from bridge.errors import BridgeError, ServerUnavailable, TooLarge
from bridge.wire.bundles import Joiner

EOF: Any = grpc.aio.EOF  # type: ignore[attr-defined]  # missing in its type stubs
CONNECTION_LOST = "the connection to the server is lost and being restored; ask again in a moment"
_OPENING_ATTEMPTS = 5

Up = TypeVar("Up")
Down = TypeVar("Down")
Up_co = TypeVar("Up_co", covariant=True)
Down_contra = TypeVar("Down_contra", contravariant=True)


class Hearing(Protocol[Up_co, Down_contra]):
    """The callbacks of a stream's owner. Called on the event loop; must not block."""

    def hello(self, session_id: str) -> Up_co:
        """The stream's first message."""
        ...

    def opened(self, message: Down_contra) -> None:
        """The server has opened the stream, for the first time or after a loss."""
        ...

    def hear(self, message: Down_contra) -> None:
        """A message has arrived. Raising a BridgeError ends the stream."""
        ...

    def lost(self, error: BridgeError) -> None:
        """The stream broke: none of its pending requests will be answered."""
        ...


class Stream(Generic[Up, Down]):
    """A stream; use it with `async with`."""

    def __init__(self, connection: Connection, method: Method[Up, Down], hearing: Hearing[Up, Down]) -> None:
        self._connection = connection
        self._method = method
        self._hearing = hearing
        self._outbox = Outbox(method.write, 2 * connection.limits.max_message_bytes)
        self._task: asyncio.Task[None] | None = None
        self._failure: BridgeError | None = None
        self._begun = asyncio.Event()  # it has opened, or failed
        self.connected = False  # messages are sent right away: it is not being restored

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._work(), name="framebridge-stream")
        try:
            await self._begun.wait()
        except BaseException:
            await self._end()
            raise
        if self._failure is not None:
            await self._end()
            raise self._failure
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    def send(self, message: Up, size: int = 0, key: Hashable = None, *, always: bool = False) -> Up | None:
        """Queue a message of `size` payload bytes; returns the queued one with the same `key` that it replaced.

        Raises TooLarge above the server's message limit, Overloaded if the link is backed up (unless `always`), and
        the stream's error once it has ended.
        """
        if self._failure is not None:
            raise self._failure
        if self._task is None:
            raise ServerUnavailable("the stream is not open; use `async with`")
        if size > 0 and size > (limit := self._connection.limits.max_message_bytes):
            raise TooLarge(f"{size:,} bytes are more than the {limit:,} of one message; send a smaller picture")
        return self._outbox.put(message, size, key, always=always)

    async def _end(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            (ended,) = await asyncio.gather(task, return_exceptions=True)
            if isinstance(ended, Exception):
                raise ended

    def _fail(self, error: BridgeError) -> None:
        self._failure = error
        self._outbox.clear()
        self._hearing.lost(error)
        self.connected = True  # what is sent raises the failure
        self._begun.set()

    async def _work(self) -> None:
        try:
            await self._keep_open()
        except BridgeError as error:
            self._fail(error)
        finally:
            if self._failure is None:
                self._fail(ServerUnavailable("the stream has been closed"))

    async def _keep_open(self) -> None:
        """Run the stream, reconnecting after each loss. Raises the error once that fails."""
        attempts = 0
        while True:
            generation = self._connection.generation
            lost = await self._run_until_lost()
            attempts = 0 if self.connected else attempts + 1
            self.connected = False
            if attempts >= _OPENING_ATTEMPTS:
                raise lost
            self._outbox.clear()
            self._hearing.lost(lost)
            await self._connection.restore(generation, lost)

    async def _run_until_lost(self) -> BridgeError:
        """Run the stream on one connection. Returns its error if reconnecting may help, and raises it if not."""
        try:
            await self._run()
        except grpc.aio.AioRpcError as error:
            lost = translated(error, self._connection.address)
            if not is_lost(error):
                raise lost from None
            return lost
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._connection.closing or (task is not None and task.cancelling()):
                raise
        return ServerUnavailable("the server has closed the stream")

    async def _run(self) -> None:
        call = self._method.open()
        joiner = self._method.joiner if self._connection.bundles else None
        try:
            with contextlib.suppress(asyncio.InvalidStateError):  # the call has ended; the reader gets the reason
                await call.write(self._method.write(self._hearing.hello(self._connection.session_id)))
            first = await call.read()
            if first is EOF:
                return
            (opened,) = self._method.read(first)
            self._hearing.opened(opened)
            self.connected = True
            self._begun.set()
            writer = asyncio.create_task(self._write(call, joiner), name="framebridge-writer")
            try:
                await self._read(call)
            finally:
                writer.cancel()
                await asyncio.gather(writer, return_exceptions=True)
        finally:
            call.cancel()

    async def _read(self, call: Any) -> None:
        read, hear = self._method.read, self._hearing.hear
        while (data := await call.read()) is not EOF:
            for message in read(data):
                hear(message)

    async def _write(self, call: Any, joiner: Joiner | None) -> None:
        """Write messages to the call. If it ends, the reader gets the reason."""
        with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            while True:
                await call.write(await self._outbox.get(joiner))
