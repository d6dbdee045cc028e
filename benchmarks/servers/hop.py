"""A plain grpc.aio server that echoes probes by way of another thread: the cheapest hop to a device thread and back.

A plain queue leads there and `call_soon_threadsafe` back, on the event loop that our server uses. What overhead.py
finds our server to take beyond this one is its own.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from queue import SimpleQueue
from threading import Thread

import grpc.aio

from bridge.device.loop import run
from bridge.v1 import bridge_pb2, bridge_pb2_grpc

_OPTIONS = [("grpc.max_receive_message_length", 16 << 20), ("grpc.max_send_message_length", 16 << 20)]
_SWITCH_SECONDS = 0.0002  # as in our server

Answer = tuple[bridge_pb2.ProbeRequest, "asyncio.Future[bridge_pb2.ProbeResponse]"]


class Hop(bridge_pb2_grpc.BridgeServiceServicer):
    """Implements Probe only."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._asked: SimpleQueue[Answer] = SimpleQueue()
        Thread(target=self._answer_all, daemon=True).start()

    async def Probe(  # noqa: N802
        self,
        request_iterator: AsyncIterator[bridge_pb2.ProbeRequest],
        context: grpc.aio.ServicerContext,
    ) -> AsyncIterator[bridge_pb2.ProbeResponse]:
        async for request in request_iterator:
            heard: asyncio.Future[bridge_pb2.ProbeResponse] = self._loop.create_future()
            self._asked.put((request, heard))
            yield await heard

    def _answer_all(self) -> None:
        while True:
            request, heard = self._asked.get()
            answer = bridge_pb2.ProbeResponse(nonce=request.nonce, payload=request.payload)
            self._loop.call_soon_threadsafe(_resolve, heard, answer)


def _resolve(heard: "asyncio.Future[bridge_pb2.ProbeResponse]", answer: bridge_pb2.ProbeResponse) -> None:
    if not heard.done():  # the client may have gone
        heard.set_result(answer)


async def main() -> None:
    """Serve on a free port, and print it."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    server = grpc.aio.server(options=_OPTIONS)
    bridge_pb2_grpc.add_BridgeServiceServicer_to_server(Hop(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(f"serving at 127.0.0.1:{port}", flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    run(main())
