"""A plain grpc.aio server that echoes probes; overhead.py compares ours with it."""

import asyncio
from collections.abc import AsyncIterator

import grpc.aio

from bridge.v1 import bridge_pb2, bridge_pb2_grpc

_OPTIONS = [("grpc.max_receive_message_length", 16 << 20), ("grpc.max_send_message_length", 16 << 20)]


class Echo(bridge_pb2_grpc.BridgeServiceServicer):
    """Implements Probe only."""

    async def Probe(  # noqa: N802
        self,
        request_iterator: AsyncIterator[bridge_pb2.ProbeRequest],
        context: grpc.aio.ServicerContext,
    ) -> AsyncIterator[bridge_pb2.ProbeResponse]:
        async for request in request_iterator:
            yield bridge_pb2.ProbeResponse(nonce=request.nonce, payload=request.payload)


async def main() -> None:
    """Serve on a free port, and print it."""
    server = grpc.aio.server(options=_OPTIONS)
    bridge_pb2_grpc.add_BridgeServiceServicer_to_server(Echo(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(f"serving at 127.0.0.1:{port}", flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main())
