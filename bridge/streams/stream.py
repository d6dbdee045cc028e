"""One bidirectional stream: opening, reading, writing, and its end, whatever the reason for it.

Knows sessions and the order of messages; what they mean is the affair of an `Exchange`.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol

from bridge.errors import BridgeError, ContractBroken, ShuttingDown
from bridge.logs import note
from bridge.sessions.sessions import Session
from bridge.streams.backend import Backend
from bridge.streams.delivery import Delivery
from bridge.streams.outbox import Outbox
from bridge.wire.handlers import EOF, Context, received
from bridge.wire.unread import Holding

log = logging.getLogger("framebridge.streams")

_OPEN_SECONDS = 10.0
_LAST_SECONDS = 1.0  # for a client to read what is on its way when the stream ends


class Exchange(Protocol):
    """What one capability makes of a stream's messages."""

    def hear(self, message: Any) -> None:
        """Take one message. A ContractBroken or any other BridgeError ends the stream."""
        ...

    def finish(self) -> None:
        """The client sends no more: end what would go on for ever. What was asked is still answered."""
        ...

    def close(self) -> None:
        """The stream is over: withdraw everything."""
        ...


class Stream:
    """One open stream of a session."""

    def __init__(self, backend: Backend, session: Session, name: str, opening: Any) -> None:
        self.id = f"{name}-{backend.next_stream_id()}"
        self.backend = backend
        self.session = session
        self.opening = opening  # the client's `open`
        self._quiet = asyncio.Event()
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.outbox = Outbox(backend.limits.outbox_messages, self._hold, self.fail, self._note_quiet)
        self.delivery = Delivery(self.outbox, session.counts, backend.delivery_times)

    def fail(self, error: BridgeError) -> None:
        """End the stream with an error."""
        if not self._broken.done():
            self._broken.set_exception(error)

    def _hold(self, drop: Callable[[], bool]) -> Holding:
        return self.backend.unread.open(self.session.identity, self.session.id, drop)

    def _note_quiet(self) -> None:
        if not self.delivery.owed:
            self._quiet.set()

    async def quiet(self) -> None:
        """Wait until everything that was asked is answered and written."""
        while self.delivery.owed or not self.outbox.empty:
            self._quiet.clear()
            await self._quiet.wait()

    async def wind_down(self) -> None:
        """The server stops: answer what was asked, then end."""
        await self.quiet()
        self.abandon()

    def abandon(self) -> None:
        """The server stops: end now."""
        self.fail(ShuttingDown("the server is stopping; connect again in a moment"))

    async def run(self, context: Context, exchange: Exchange) -> None:
        """Read and write until the client is done or gone, or the stream has failed. Raises the failure."""
        reader = asyncio.create_task(self._read(context, exchange))
        writer = asyncio.create_task(self.outbox.drain(context.write))
        try:
            try:
                await self._until_over(reader, writer, exchange)
            finally:
                exchange.close()
                self.outbox.close()
            await asyncio.wait({writer}, timeout=_LAST_SECONDS)  # gRPC cannot end a call while it starts a write
            self._raise(reader)
        finally:
            for task in (reader, writer):
                task.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)
            self.outbox.clear()
            if not self._broken.cancel() and not self._broken.cancelled():
                self._broken.exception()  # whoever ends first tells why; the other reason is of no use

    async def _until_over(self, reader: "asyncio.Task[None]", writer: "asyncio.Task[None]", exchange: Exchange) -> None:
        await asyncio.wait({reader, writer, self._broken}, return_when=asyncio.FIRST_COMPLETED)
        if self._broken.done() or not reader.done() or reader.cancelled() or reader.exception() is not None:
            return
        exchange.finish()  # the client sends no more, and waits for what it has asked for
        rest = asyncio.create_task(self.quiet())
        try:
            await asyncio.wait({rest, writer, self._broken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rest.cancel()

    def _raise(self, reader: "asyncio.Task[None]") -> None:
        for future in (self._broken, reader):
            error = future.exception() if future.done() and not future.cancelled() else None
            if error is not None:
                raise error

    async def _read(self, context: Context, exchange: Exchange) -> None:
        while True:
            message = await context.read()
            if message is EOF:
                return
            message = received(message)
            if message.WhichOneof("message") == "open":
                raise ContractBroken("`open` came a second time; it is sent once, first")
            exchange.hear(message)
            del message  # it may be large, and the next one may be long in coming


async def serve_stream(context: Context, backend: Backend, name: str, begin: Callable[[Stream], Exchange]) -> None:
    """Open a stream for the session that its first message names, and run it to its end."""
    backend.check_open()
    first = await _first(context)
    if first is None:
        return
    session = backend.sessions.find(first.session_id)
    stream = Stream(backend, session, name, first)
    context.add_done_callback(lambda _: stream.outbox.holding.close())
    backend.sessions.attach(session, stream)
    backend.streams.add(stream)
    note(log, logging.INFO, "stream opened", stream=stream.id, session=session.id[:8])
    try:
        await stream.run(context, begin(stream))
    finally:
        backend.streams.discard(stream)
        backend.sessions.detach(session, stream)
        note(log, logging.INFO, "stream ended", stream=stream.id, session=session.id[:8])


async def _first(context: Context) -> Any:
    """The `open` of the first message; None when the client went away without one."""
    try:
        message: Any = await asyncio.wait_for(context.read(), _OPEN_SECONDS)
    except TimeoutError:
        raise ContractBroken(f"no `open` came in {_OPEN_SECONDS:g} s; send it first") from None
    if message is EOF:
        return None
    opening = received(message)
    if opening.WhichOneof("message") != "open":
        raise ContractBroken(
            f"the first message is `{opening.WhichOneof('message')}`; send `open` with the handshake's session_id first"
        )
    return opening.open
