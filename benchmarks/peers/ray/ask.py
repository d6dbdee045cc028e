"""Ray Serve's client: a unary gRPC call for each request, on grpc.aio.

Setting: with `deadline` the budget is the call's gRPC deadline.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import grpc.aio
from google.protobuf.wrappers_pb2 import BytesValue
from ingress import METHOD
from play import Ask, Refused, Request, main
from workload import REQUEST, Setup, flight_of


@asynccontextmanager
async def connect(address: str, models: Sequence[str]) -> AsyncIterator[Ask]:
    """One channel for all models."""
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
