"""The lifecycle of a bidirectional stream: open, read, write, drain, end.

Knows sessions and the order of messages; an `Exchange` interprets them.
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
from bridge.wire.bulk import Bulk
from bridge.wire.bundles import Joiner, Parts
from bridge.wire.handlers import EOF, Context, received
from bridge.wire.request import clock
from bridge.wire.unread import Holding

log = logging.getLogger("framebridge.streams")

_OPEN_SECONDS = 10.0
_LAST_SECONDS = 1.0  # for the client to read what is still in flight when the stream ends
_NOT_AGREED = (
    "a bundle was sent and none were agreed; set wants_bundles in the handshake, with protocol 1.4 or newer, and send "
    "bundles if its answer has them"
)


class Exchange(Protocol):
    """A capability's handler for the messages of one stream."""

    def hear(self, message: Any, arrival: float) -> None:
        """Handle one message, a Bulk if it can have a payload. A BridgeError ends the stream, or costs a bundle this
        part.
        """
        ...

    def refuse(self, error: BridgeError) -> None:
        """Tell the client why a part of its bundle is not taken."""
        ...

    def finish(self) -> None:
        """The client has half-closed: stop subscriptions. Outstanding requests are still answered."""
        ...

    def close(self) -> None:
        """The stream has ended: cancel everything."""
        ...


class Stream:
    """One open stream of a session."""

    def __init__(
        self, backend: Backend, session: Session, name: str, opening: Any, joiner: Joiner | None = None
    ) -> None:
        self.id = f"{name}-{backend.next_stream_id()}"
        self.backend = backend
        self.session = session
        self.opening = opening  # the client's `open`
        self._idle = asyncio.Event()
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._bundles = session.bundles  # as agreed when it was opened
        joiner = joiner if self._bundles else None
        self.outbox = Outbox(backend.limits.outbox_messages, self._hold, self.fail, self._note_idle, joiner)
        self.delivery = Delivery(self.outbox, session.counts, backend.delivery_times)

    def fail(self, error: BridgeError) -> None:
        """End the stream with an error."""
        if not self._broken.done():
            self._broken.set_exception(error)

    def _hold(self, drop: Callable[[], bool]) -> Holding:
        return self.backend.unread.open(self.session.identity, self.session.id, drop)

    def _note_idle(self) -> None:
        if not self.delivery.owed:
            self._idle.set()

    async def wait_idle(self) -> None:
        """Wait until every request is answered and every answer written."""
        while self.delivery.owed or not self.outbox.empty:
            self._idle.clear()
            await self._idle.wait()

    async def drain(self) -> None:
        """Answer outstanding requests, then end: the server is stopping."""
        await self.wait_idle()
        self.abandon()

    def abandon(self) -> None:
        """End at once: the server is stopping."""
        self.fail(ShuttingDown("the server is stopping; connect again in a moment"))

    async def run(self, context: Context, exchange: Exchange) -> None:
        """Read and write until the client finishes or disconnects, or the stream fails. Raises the failure."""
        reader = asyncio.create_task(self._read(context, exchange))
        writer = asyncio.create_task(self.outbox.run(context.write))
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
                self._broken.exception()  # mark as retrieved: only the first error is raised

    async def _until_over(self, reader: "asyncio.Task[None]", writer: "asyncio.Task[None]", exchange: Exchange) -> None:
        await asyncio.wait({reader, writer, self._broken}, return_when=asyncio.FIRST_COMPLETED)
        if self._broken.done() or not reader.done() or reader.cancelled() or reader.exception() is not None:
            return
        exchange.finish()  # half-closed: the client still waits for answers
        rest = asyncio.create_task(self.wait_idle())
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
            arrival = clock()
            message = received(message)
            if isinstance(message, Parts):
                if not self._bundles:
                    raise ContractBroken(_NOT_AGREED)
                await self._hear_parts(exchange, message, arrival)
            else:
                exchange.hear(message, arrival)
            del message  # free it: it may be large, and the next may take long to arrive

    async def _hear_parts(self, exchange: Exchange, parts: Parts, arrival: float) -> None:
        turns, identity, granted = self.backend.loop_turns, self.session.identity, 0
        for place, part in enumerate(parts):
            if not granted:
                granted = await turns.wait(identity, len(parts) - place)
            granted -= 1
            if isinstance(part, BridgeError):
                exchange.refuse(part)
                continue
            try:
                exchange.hear(part, arrival)
            except BridgeError as error:
                exchange.refuse(error)


def misplaced(kind: str | None, choices: str) -> ContractBroken:
    """The error for a message that is none of `choices`; `kind` is what it is."""
    if kind == "open":
        return ContractBroken("`open` was sent twice; send it once, as the first message")
    return ContractBroken(f"the message is {'empty' if kind is None else f'a {kind}'}; send one of {choices}")


async def serve_stream(
    context: Context,
    backend: Backend,
    name: str,
    begin: Callable[[Stream], Exchange],
    joiner: Joiner | None = None,
) -> None:
    """Open a stream for the session named in its first message, and run it until it ends. `joiner` makes bundles of its
    answers, if the session has agreed to them.
    """
    backend.check_open()
    first = await _first(context)
    if first is None:
        return
    session = backend.sessions.find(first.session_id)
    stream = Stream(backend, session, name, first, joiner)
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
    """The `open` of the first message; None if the client closed the stream before sending one."""
    try:
        message: Any = await asyncio.wait_for(context.read(), _OPEN_SECONDS)
    except TimeoutError:
        raise ContractBroken(f"no `open` within {_OPEN_SECONDS:g} s; send it first") from None
    if message is EOF:
        return None
    opening = _head(received(message))
    if isinstance(opening, Parts):
        raise ContractBroken("the first message is a bundle; send `open` with the handshake's session_id by itself")
    if opening.WhichOneof("message") != "open":
        raise ContractBroken(
            f"the first message is `{opening.WhichOneof('message')}`; send `open` with the handshake's session_id first"
        )
    return opening.open


def _head(message: Any) -> Any:
    """The message without its payload, if it has one."""
    return message.message if isinstance(message, Bulk) else message
