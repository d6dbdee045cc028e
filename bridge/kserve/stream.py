"""ModelStreamInfer: each request of a stream is answered by one message, in the order in which they are done.

A request that gets no outputs is answered by a message with an error, as Triton does, and the stream goes on. Only a
message that cannot be read ends it.
"""

from typing import Any

from bridge.errors import BridgeError
from bridge.kserve.asked import Asked
from bridge.kserve.batches import Batches, Caller
from bridge.kserve.outputs import failed, streamed
from bridge.sessions.sessions import Session
from bridge.streams.stream import Stream
from bridge.v1 import error_pb2
from bridge.wire.handlers import Context
from bridge.wire.status import detail_of


class InferExchange:
    """Handles the requests of one stream."""

    def __init__(self, caller: Caller, stream: Stream, context: Context) -> None:
        self._stream = stream
        self._context = context
        self._batches = Batches(caller, stream.delivery, _told, streamed)

    def hear(self, asked: Asked, arrival: float) -> None:
        try:
            self._batches.ask(asked, None, self._context.time_remaining())
        except BridgeError as error:
            self._stream.delivery.send(failed(asked.message, detail_of(error).message))

    def refuse(self, error: BridgeError) -> None:
        """There are no bundles in this protocol."""
        raise error

    def finish(self) -> None:
        """Nothing to do: outstanding requests are still answered."""

    def close(self) -> None:
        self._batches.close()


def _told(message: Any, outcome: error_pb2.Outcome) -> bytes:
    return failed(message, outcome.error.message)


async def serve_infer_stream(context: Context, caller: Caller, session: Session) -> None:
    """Serve one call. It counts as a stream of the server, which waits for its answers when it stops."""
    backend = caller.backend
    backend.check_open()
    stream = Stream(backend, session, "kserve", None)
    context.add_done_callback(lambda _: stream.outbox.holding.close())
    backend.streams.add(stream)
    try:
        await stream.run(context, InferExchange(caller, stream, context))
    finally:
        backend.streams.discard(stream)
