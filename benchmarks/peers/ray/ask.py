"""Ray Serve's client: a unary gRPC call per request, on grpc.aio.

Setting: `deadline`, to send the budget as the call's gRPC deadline.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import grpc.aio
from fake_device.play import Ask, Refused, Request, main
from fake_device.workload import REQUEST, Setup, flight_of
from google.protobuf.wrappers_pb2 import BytesValue
from ingress import METHOD


@asynccontextmanager
async def connect(address: str, models: Sequence[str]) -> AsyncIterator[Ask]:
    """One channel, shared by all models."""
    deadline = "deadline" in Setup.of_environment().settings
    async with grpc.aio.insecure_channel(address) as channel:
        call = channel.unary_unary(METHOD, BytesValue.SerializeToString, BytesValue.FromString)

        async def ask(request: Request) -> tuple[int, int]:
            timeout = request.budget if deadline else None
            try:
                answer = await call(
                    BytesValue(value=REQUEST), timeout=timeout, metadata=(("application", request.model),)
                )
            except grpc.aio.AioRpcError as error:
                raise Refused(str(error)) from error
            return flight_of(answer.value), 0

        yield ask


if __name__ == "__main__":
    main(connect)
