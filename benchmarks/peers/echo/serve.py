"""The floor of the transport: a bare grpc.aio server that answers each message at once, without the device.

Probes on the generated servicer, on the event loop that our server uses. Setting: `bundled`, which is the client's: a
message may hold several, and is answered by one that holds as many.
"""

from typing import Any

import grpc.aio
from fake_device.workload import Setup, answer_of

from bridge.device.loop import run
from bridge.v1 import bridge_pb2, bridge_pb2_grpc, bundle_pb2

_ANSWER = answer_of(0)


class Echo(bridge_pb2_grpc.BridgeServiceServicer):
    """Implements Probe only."""

    async def Probe(self, request_iterator: Any, context: grpc.aio.ServicerContext) -> None:  # noqa: N802
        while (request := await context.read()) is not grpc.aio.EOF:
            parts = request.bundle.parts
            if not parts:
                await context.write(_answer(request))
                continue
            answers = [_answer(bridge_pb2.ProbeRequest.FromString(part)).SerializeToString() for part in parts]
            await context.write(bridge_pb2.ProbeResponse(bundle=bundle_pb2.Bundle(parts=answers)))


def _answer(request: bridge_pb2.ProbeRequest) -> bridge_pb2.ProbeResponse:
    return bridge_pb2.ProbeResponse(nonce=request.nonce, payload=_ANSWER)


async def main(setup: Setup) -> None:
    """Serve until stopped."""
    setup.only("bundled")
    server = grpc.aio.server()
    bridge_pb2_grpc.add_BridgeServiceServicer_to_server(Echo(), server)
    server.add_insecure_port(f"127.0.0.1:{setup.port}")
    await server.start()
    await server.wait_for_termination()


if __name__ == "__main__":
    run(main(Setup.of_environment()))
